// The chart in a few sentences, for those who hear it.
import type { Formats, Localize } from "./i18n";
import type { Plan, Step } from "./plan";
import { blocks } from "./stack";

function extremes(steps: readonly Step[], value: (step: Step) => number | null): { low: Step; high: Step } | null {
  let low: Step | null = null;
  let high: Step | null = null;
  for (const step of steps) {
    const own = value(step);
    if (own === null) continue;
    if (low === null || own < (value(low) as number)) low = step;
    if (high === null || own > (value(high) as number)) high = step;
  }
  return low && high ? { low, high } : null;
}

export function summary(plan: Plan, formats: Formats, words: Localize): string {
  const first = plan.steps[0];
  const last = plan.steps.at(-1);
  if (!first || !last) return words("plan.waiting");
  const when = (at: number): string => `${formats.shortDay(at)} ${formats.time(at)}`;
  const sentences = [words("summary.title", { start: when(first.start), end: when(last.end) })];
  if (plan.phase) sentences.push(`${words("phase.title")}: ${words(`phase.${plan.phase}`)}.`);
  const price = extremes(plan.steps, (step) => step.importPrice);
  if (price) {
    sentences.push(
      words("summary.price", {
        low: formats.price(price.low.importPrice as number),
        lowTime: when(price.low.start),
        high: formats.price(price.high.importPrice as number),
        highTime: when(price.high.start),
      }),
    );
  }
  const net = extremes(plan.steps, (step) => step.net);
  if (net) {
    sentences.push(
      words("summary.net", {
        low: formats.power(net.low.net),
        lowTime: when(net.low.start),
        high: formats.power(net.high.net),
        highTime: when(net.high.start),
      }),
    );
  }
  for (const device of plan.devices) {
    const found = blocks(plan.steps, device.power).slice(0, 4);
    const runs = found.length
      ? found.map((block) => `${when(block.start)} – ${formats.time(block.end)}, ${formats.power(block.power)}`).join("; ")
      : words("row.nothing");
    sentences.push(words("summary.device", { name: device.name, runs }));
  }
  return sentences.join(" ");
}
