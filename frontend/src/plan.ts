// The plan as the chart needs it, read from the states of the entities. What is missing or odd is left out, never invented.
import type { Kind, Site } from "./entities";
import type { Hass } from "./types";

/** One step: epoch ms, W, currency/kWh. Consumption and import are positive. */
export interface Step {
  start: number;
  end: number;
  net: number;
  base: number;
  importPrice: number | null;
  exportPrice: number | null;
  known: boolean;
  importLimit: number | null;
  exportLimit: number | null;
}

export interface Run {
  start: number;
  end: number;
  deadline: number | null;
  cost: number | null;
}

export interface PlannedDevice {
  id: string;
  name: string;
  kind: Kind;
  power: number[];
  /** Level at the end of each step in Wh, and the capacity in Wh where it is known. */
  level: Array<number | null> | null;
  capacity: number | null;
  run: Run | null;
  deadline: number | null;
}

export type Phase = "green" | "yellow" | "red" | "black";

export interface Plan {
  steps: Step[];
  devices: PlannedDevice[];
  status: string;
  created: number | null;
  phase: Phase | null;
  /** The end of the limit in force, if it has one. */
  phaseUntil: number | null;
  currency: string;
}

type Row = Record<string, unknown>;

export function rows(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter((row): row is Row => typeof row === "object" && row !== null) : [];
}

export function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function moment(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}

function stepsOf(value: unknown): Step[] {
  const steps: Step[] = [];
  for (const row of rows(value)) {
    const start = moment(row["start"]);
    const end = moment(row["end"]);
    if (start === null || end === null || end <= start) continue;
    if (steps.length && start < (steps.at(-1) as Step).end) continue;
    steps.push({
      start,
      end,
      net: finite(row["net_power"]) ?? 0,
      base: finite(row["base_load"]) ?? 0,
      importPrice: finite(row["import_price"]),
      exportPrice: finite(row["export_price"]),
      known: row["price_known"] !== false,
      importLimit: finite(row["import_limit"]),
      exportLimit: finite(row["export_limit"]),
    });
  }
  return steps;
}

const PHASES: readonly string[] = ["green", "yellow", "red", "black"];

/** The entities whose change changes the chart. */
export function plannedEntities(site: Site): string[] {
  const own = ["plan_status", "traffic_light", "import_limit", "import_price"].map((key) => site.entities[key]);
  const theirs = site.devices.flatMap(({ entities }) =>
    ["planned_power", "planned_start", "ready_by"].map((key) => entities[key]),
  );
  return [...own, ...theirs].filter((id): id is string => id !== undefined);
}

export function readPlan(hass: Pick<Hass, "states">, site: Site): Plan {
  const stateOf = (id: string | undefined) => (id === undefined ? undefined : hass.states[id]);
  const status = stateOf(site.entities["plan_status"]);
  const steps = stepsOf(status?.attributes["series"]);
  const index = new Map(steps.map((step, at) => [step.start, at]));
  const ends = new Map(steps.map((step, at) => [step.end, at]));

  const devices = site.devices.flatMap((device): PlannedDevice[] => {
    const planned = stateOf(device.entities["planned_power"]);
    if (!planned) return [];
    const power = new Array<number>(steps.length).fill(0);
    for (const row of rows(planned.attributes["series"])) {
      const at = index.get(moment(row["start"]) ?? Number.NaN);
      if (at !== undefined) power[at] = finite(row["power"]) ?? 0;
    }
    const levels = rows(planned.attributes["levels"]);
    const level = levels.length ? new Array<number | null>(steps.length).fill(null) : null;
    for (const row of levels) {
      const at = ends.get(moment(row["end"]) ?? Number.NaN);
      if (level && at !== undefined) level[at] = finite(row["level"]);
    }
    const start = stateOf(device.entities["planned_start"]);
    return [
      {
        id: device.id,
        name: device.name,
        kind: device.kind,
        power,
        level,
        capacity: finite(planned.attributes["capacity"]),
        run: runOf(start?.attributes),
        deadline: moment(stateOf(device.entities["ready_by"])?.state),
      },
    ];
  });

  const light = stateOf(site.entities["traffic_light"])?.state;
  const limit = stateOf(site.entities["import_limit"]);
  const unit = stateOf(site.entities["import_price"])?.attributes["unit_of_measurement"];
  return {
    steps,
    devices,
    status: status?.state ?? "waiting",
    created: moment(status?.attributes["created"]),
    phase: light !== undefined && PHASES.includes(light) ? (light as Phase) : null,
    phaseUntil: moment(limit?.attributes["until"]),
    currency: typeof unit === "string" ? (unit.split("/")[0] ?? "") : "",
  };
}

function runOf(attributes: Record<string, unknown> | undefined): Run | null {
  const slots = rows(attributes?.["runs"]);
  const starts = slots.map((slot) => moment(slot["start"])).filter((at) => at !== null);
  const ends = slots.map((slot) => moment(slot["end"])).filter((at) => at !== null);
  if (!attributes || !starts.length || !ends.length) return null;
  return {
    start: Math.min(...starts),
    end: Math.max(...ends),
    deadline: moment(attributes["latest_end"]),
    cost: finite(attributes["cost"]),
  };
}

/** The steps between two moments, and with them the same part of every device's series. */
export function cut(plan: Plan, from: number, to: number): Plan {
  const keep = plan.steps.map((step, at) => (step.end > from && step.start < to ? at : -1)).filter((at) => at >= 0);
  const pick = <T>(values: T[]): T[] => keep.map((at) => values[at] as T);
  return {
    ...plan,
    steps: pick(plan.steps),
    devices: plan.devices.map((device) => ({
      ...device,
      power: pick(device.power),
      level: device.level && pick(device.level),
    })),
  };
}

/** The step that holds a moment; before the first the first, after the last the last. */
export function stepAt(steps: readonly Step[], at: number): number {
  const found = steps.findIndex((step) => step.end > at);
  return found < 0 ? steps.length - 1 : found;
}
