// Where everything in the chart is. Pure numbers and paths: the drawing is elsewhere.
import { PHASE_COLORS } from "./colors";
import type { Formats } from "./i18n";
import { pointLine, stepArea, stepLine } from "./paths";
import type { Phase, Plan, PlannedDevice, Step } from "./plan";
import { hoursPerTick, linear, niceTicks, timeTicks, type Scale, type TimeTick } from "./scales";
import { extent, stack } from "./stack";

export interface Panel {
  top: number;
  bottom: number;
}

export interface Axis extends Panel {
  scale: Scale;
  ticks: Array<{ y: number; label: string; zero: boolean }>;
}

export interface Row extends Panel {
  device: PlannedDevice;
  area: string;
  baseline: number;
  run: { x: number; width: number } | null;
  deadline: number | null;
}

export interface Geometry {
  width: number;
  height: number;
  left: number;
  right: number;
  x: Scale;
  narrow: boolean;
  band: Panel & { pieces: Array<{ x: number; width: number; color: string }> };
  price: (Axis & { known: string; expected: string; line: string; expectedLine: string; exportLine: string; expectedFrom: number | null }) | null;
  power: Axis & { base: string; layers: string[]; net: string; importLimit: string; exportLimit: string; above: number | null; below: number | null };
  level: (Axis & { unit: "%" | "kWh"; lines: Array<{ path: string; device: number }> }) | null;
  rows: Row[];
  ticks: Array<TimeTick & { x: number; label: string }>;
  axisTop: number;
}

const GAP = 30;

/** Lay the chart out for a width in pixels. The plan holds the steps that are to be seen, at least one. */
export function layOut(plan: Plan, width: number, now: number, formats: Formats): Geometry {
  const narrow = width < 520;
  const left = narrow ? 34 : 46;
  const right = Math.max(width - 8, left + 40);
  const { steps } = plan;
  const from = (steps[0] as Step).start;
  const to = (steps.at(-1) as Step).end;
  const x = linear([from, to], [left, right]);

  let y = 2;
  const band = { top: y, bottom: y + 6, pieces: bandPieces(plan, from, to, x) };
  y = band.bottom + 24;
  const price = pricePanel(steps, x, y, narrow ? 64 : 80, formats);
  if (price) y = price.bottom + GAP;
  const power = powerPanel(plan, x, y, narrow ? 150 : 190, formats);
  y = power.bottom + GAP;
  const level = levelPanel(plan, x, y, narrow ? 50 : 58, formats);
  if (level) y = level.bottom + 8;
  else y = power.bottom + 6;
  const axisTop = y;
  y += 34;
  const rows: Row[] = plan.devices.map((device, at) => row(device, steps, x, y + at * 42, now));
  const height = rows.length ? (rows.at(-1) as Row).bottom + 6 : axisTop + 22;

  const hours = hoursPerTick(from, to, right - left, narrow ? 40 : 52);
  const ticks = timeTicks(from, to, hours, formats.timeZone).map((tick) => ({
    ...tick,
    x: x(tick.at),
    label: tick.midnight ? formats.shortDay(tick.at) : formats.hour(tick.at),
  }));
  return { width, height, left, right, x, narrow, band, price, power, level, rows, ticks, axisTop };
}

/** A phase holds until it is revoked; where a limit with an end comes with it, it is green from then on. */
function bandPieces(plan: Plan, from: number, to: number, x: Scale): Array<{ x: number; width: number; color: string }> {
  if (!plan.phase) return [];
  const piece = (start: number, end: number, phase: Phase) => ({ x: x(start), width: x(end) - x(start), color: PHASE_COLORS[phase] });
  const until = plan.phaseUntil;
  if (plan.phase === "green" || until === null || until <= from || until >= to) return [piece(from, to, plan.phase)];
  return [piece(from, until, plan.phase), piece(until, to, "green")];
}

function axis(low: number, high: number, count: number, top: number, height: number, label: (value: number, step: number) => string): Axis {
  const { domain, ticks, step } = niceTicks(low, high, count);
  const bottom = top + height;
  const scale = linear(domain, [bottom, top]);
  return { top, bottom, scale, ticks: ticks.map((value) => ({ y: scale(value), label: label(value, step), zero: value === 0 })) };
}

const digitsOf = (step: number): number => Math.max(0, Math.min(3, -Math.floor(Math.log10(step) + 1e-9) + (Number((step / 10 ** Math.floor(Math.log10(step))).toPrecision(3)) % 1 ? 1 : 0)));

function pricePanel(steps: readonly Step[], x: Scale, top: number, height: number, formats: Formats): Geometry["price"] {
  const prices = steps.map((step) => step.importPrice);
  const values = prices.filter((value) => value !== null);
  if (!values.length) return null;
  const exports = steps.map((step) => step.exportPrice);
  const offered = exports.filter((value) => value !== null);
  // A feed-in price that never changes is a number, not a line; it would only press the other line flat.
  const varies = offered.length > 0 && Math.max(...offered) - Math.min(...offered) > 1e-6;
  const all = varies ? [...values, ...offered] : values;
  // An area is read by its height, so it stands on nought.
  const panel = axis(Math.min(...all, 0), Math.max(...all, 0), 3, top, height, (value, step) => formats.number(value, digitsOf(step)));
  const known = steps.map((step, at) => (step.known ? (prices[at] ?? null) : null));
  const expected = steps.map((step, at) => (step.known ? null : (prices[at] ?? null)));
  const ground = steps.map(() => 0);
  const first = steps.findIndex((step) => !step.known);
  return {
    ...panel,
    known: stepArea(steps, ground, known, x, panel.scale),
    expected: stepArea(steps, ground, expected, x, panel.scale),
    line: stepLine(steps, known, x, panel.scale),
    expectedLine: stepLine(steps, expected, x, panel.scale),
    exportLine: varies ? stepLine(steps, exports, x, panel.scale) : "",
    expectedFrom: first < 0 ? null : x((steps[first] as Step).start),
  };
}

function powerPanel(plan: Plan, x: Scale, top: number, height: number, formats: Formats): Geometry["power"] {
  const { steps } = plan;
  const [base, ...layers] = stack([steps.map((step) => step.base), ...plan.devices.map((device) => device.power)]);
  const stacked = [base, ...layers].filter((layer) => layer !== undefined);
  let [low, high] = extent(stacked);
  for (const { net } of steps) {
    low = Math.min(low, net);
    high = Math.max(high, net);
  }
  high = Math.max(high, 500);
  const imports = steps.map((step) => step.importLimit);
  const exports = steps.map((step) => (step.exportLimit === null ? null : -Math.abs(step.exportLimit)));
  // A limit far above everything would press the rest flat: it is named at the edge instead.
  const near = (limit: number, reach: number): boolean => Math.abs(limit) <= Math.abs(reach) * 1.5 + 500;
  for (const limit of imports) if (limit !== null && near(limit, high)) high = Math.max(high, limit);
  for (const limit of exports) if (limit !== null && near(limit, low)) low = Math.min(low, limit);
  const panel = axis(low / 1000, high / 1000, 5, top, height, (value, step) => formats.number(value, digitsOf(step)));
  const watts = linear([panel.scale.domain[0] * 1000, panel.scale.domain[1] * 1000], panel.scale.range);
  const inside = (value: number | null): number | null =>
    value !== null && value >= watts.domain[0] && value <= watts.domain[1] ? value : null;
  const outside = (limits: Array<number | null>): number | null => {
    const beyond = limits.filter((value) => value !== null && inside(value) === null) as number[];
    return beyond.length === limits.length && beyond.length ? Math.min(...beyond.map(Math.abs)) : null;
  };
  const draw = (layer: { low: number[]; high: number[] } | undefined): string =>
    layer ? stepArea(steps, layer.low, layer.high, x, watts) : "";
  return {
    ...panel,
    scale: watts,
    base: draw(base),
    layers: layers.map(draw),
    net: stepLine(steps, steps.map((step) => step.net), x, watts),
    importLimit: stepLine(steps, imports.map(inside), x, watts),
    exportLimit: stepLine(steps, exports.map(inside), x, watts),
    above: outside(imports),
    below: outside(exports),
  };
}

function levelPanel(plan: Plan, x: Scale, top: number, height: number, formats: Formats): Geometry["level"] {
  const stores = plan.devices.map((device, at) => ({ device, at })).filter(({ device }) => device.level !== null);
  if (!stores.length) return null;
  const share = stores.every(({ device }) => device.capacity !== null && device.capacity > 0);
  const valueOf = (device: PlannedDevice, level: number | null): number | null =>
    level === null ? null : share ? (level / (device.capacity as number)) * 100 : level / 1000;
  const lines = stores.map(({ device, at }) => ({ at, values: (device.level ?? []).map((level) => valueOf(device, level)) }));
  const high = share ? 100 : Math.max(1, ...lines.flatMap(({ values }) => values.filter((value) => value !== null)));
  const panel = axis(0, high, 2, top, height, (value, step) => formats.number(value, digitsOf(step)));
  return {
    ...panel,
    unit: share ? "%" : "kWh",
    lines: lines.map(({ at, values }) => ({ path: pointLine(plan.steps, values, x, panel.scale), device: at })),
  };
}

function row(device: PlannedDevice, steps: readonly Step[], x: Scale, y: number, now: number): Row {
  const top = y + 16;
  const bottom = y + 34;
  const high = Math.max(0, ...device.power);
  const low = Math.min(0, ...device.power);
  const reach = Math.max(high - low, 1);
  // A device that only generates is drawn upward too: its row tells how much and when, the chart above tells the direction.
  const flip = high === 0 && low < 0;
  const values = flip ? device.power.map((value) => -value) : device.power;
  const scale = linear(flip ? [0, reach] : [low, low + reach], [bottom, top]);
  const clamp = (at: number): number => Math.min(Math.max(at, x.domain[0]), x.domain[1]);
  const { run } = device;
  const visible = run !== null && run.end > x.domain[0] && run.start < x.domain[1];
  const start = visible ? x(clamp(run.start)) : 0;
  const deadline = run?.deadline ?? device.deadline;
  return {
    device,
    top,
    bottom,
    area: stepArea(steps, values.map(() => 0), values, x, scale),
    baseline: scale(0),
    run: visible ? { x: start, width: Math.max(x(clamp(run.end)) - start, 3) } : null,
    deadline: deadline !== null && deadline > now && deadline <= x.domain[1] ? x(deadline) : null,
  };
}
