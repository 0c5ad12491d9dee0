// SVG paths of values that hold for a step each.
import type { Scale } from "./scales";

export interface Span {
  start: number;
  end: number;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** Indices of steps that follow each other without a gap and have a value. */
export function stretches(steps: readonly Span[], has: (at: number) => boolean): number[][] {
  const found: number[][] = [];
  steps.forEach((step, at) => {
    if (!has(at)) return;
    const open = found.at(-1);
    const before = open?.at(-1);
    if (open && before === at - 1 && steps[before]?.end === step.start) open.push(at);
    else found.push([at]);
  });
  return found;
}

/** A line of steps; where a value is missing the line is broken. */
export function stepLine(steps: readonly Span[], values: ReadonlyArray<number | null>, x: Scale, y: Scale): string {
  return stretches(steps, (at) => values[at] !== null && values[at] !== undefined)
    .map((stretch) =>
      stretch
        .map((at, order) => {
          const { start, end } = steps[at] as Span;
          const level = round(y(values[at] as number));
          return `${order ? `V${level}` : `M${round(x(start))} ${level}`}H${round(x(end))}`;
        })
        .join(""),
    )
    .join("");
}

/** The area between two lines of steps; steps without height are left out. */
export function stepArea(
  steps: readonly Span[],
  low: ReadonlyArray<number | null>,
  high: ReadonlyArray<number | null>,
  x: Scale,
  y: Scale,
): string {
  const has = (at: number): boolean => low[at] != null && high[at] != null && low[at] !== high[at];
  return stretches(steps, has)
    .map((stretch) => {
      const there = stepLine(stretch.map((at) => steps[at] as Span), stretch.map((at) => high[at] ?? null), x, y);
      const back = [...stretch]
        .reverse()
        .map((at) => `V${round(y(low[at] as number))}H${round(x((steps[at] as Span).start))}`)
        .join("");
      return `${there}${back}Z`;
    })
    .join("");
}

/** A line through points at the ends of steps; it starts at the end of the first step that has a value. */
export function pointLine(steps: readonly Span[], values: ReadonlyArray<number | null>, x: Scale, y: Scale): string {
  return stretches(steps, (at) => values[at] !== null && values[at] !== undefined)
    .map((stretch) =>
      stretch
        .map((at, order) => `${order ? "L" : "M"}${round(x((steps[at] as Span).end))} ${round(y(values[at] as number))}`)
        .join(""),
    )
    .join("");
}
