// From values to pixels, and where the ticks are.

export type Scale = ((value: number) => number) & { domain: readonly [number, number]; range: readonly [number, number] };

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  const scale = (value: number): number => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
  return Object.assign(scale, { domain, range });
}

/** Round steps (1, 2, 2.5 or 5 times a power of ten) that cut a span into at most `count` parts. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0) || count < 1) return 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A domain whose ends are ticks, and the ticks. */
export function niceTicks(low: number, high: number, count: number): { domain: [number, number]; ticks: number[]; step: number } {
  const step = niceStep(high - low || Math.abs(high) || 1, count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return { domain: [ticks[0] as number, ticks.at(-1) as number], ticks, step };
}

export interface TimeTick {
  at: number;
  midnight: boolean;
}

const QUARTER = 900_000;

/** The full local hours that every `hours` divides, whatever the zone's offset and the change of clocks make of them. */
export function timeTicks(from: number, to: number, hours: number, timeZone: string): TimeTick[] {
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone });
  const ticks: TimeTick[] = [];
  let last = -1;
  for (let at = Math.ceil(from / QUARTER) * QUARTER; at <= to; at += QUARTER) {
    const [hour = 0, minute = 0] = clock.format(at).split(":").map(Number);
    const local = hour % 24;
    if (minute !== 0 || local % hours !== 0) continue;
    // In autumn an hour comes twice; its second coming gets no label of its own.
    if (local === last && at - (ticks.at(-1)?.at ?? 0) <= 4 * QUARTER) continue;
    ticks.push({ at, midnight: local === 0 });
    last = local;
  }
  return ticks;
}

/** Hours between labels so that each has at least `room` pixels. */
export function hoursPerTick(from: number, to: number, width: number, room: number): number {
  const perHour = width / Math.max((to - from) / 3_600_000, 1);
  return [1, 2, 3, 4, 6, 12, 24].find((hours) => hours * perHour >= room) ?? 24;
}
