// A small house as Home Assistant's frontend would show it.
import type { DeviceEntry, EntityEntry, Hass, HassEntity } from "../src/types";

export const T0 = Date.parse("2026-11-23T17:00:00Z");
export const HOUR = 3_600_000;
export const iso = (at: number): string => new Date(at).toISOString();

const SITE_KEYS: Array<[string, string]> = [
  ["sensor", "net_power"],
  ["sensor", "import_limit"],
  ["sensor", "export_limit"],
  ["sensor", "traffic_light"],
  ["sensor", "plan_status"],
  ["sensor", "planned_cost_today"],
  ["sensor", "planned_cost_tomorrow"],
  ["sensor", "next_start"],
  ["sensor", "import_price"],
  ["event", "decision"],
  ["calendar", "plan"],
  ["button", "replan"],
];
const DEVICES: Array<[string, string, string, Array<[string, string]>]> = [
  ["washer", "Washer", "appliance", [["sensor", "device_state"], ["sensor", "planned_power"], ["sensor", "planned_start"], ["sensor", "expected_cost"], ["switch", "control"], ["number", "priority"], ["datetime", "ready_by"], ["button", "announce"], ["button", "start_now"], ["button", "cancel"]]],
  ["pv", "Roof", "pv", [["sensor", "device_state"], ["sensor", "planned_power"], ["switch", "control"], ["number", "priority"]]],
  ["battery", "Battery", "battery", [["sensor", "device_state"], ["sensor", "planned_power"], ["switch", "control"], ["number", "priority"]]],
];

export function house(options: { entryId?: string; name?: string; steps?: number } = {}): Hass {
  const { entryId = "entry1", name = "Home", steps = 8 } = options;
  const entities: Record<string, EntityEntry> = {};
  const devices: Record<string, DeviceEntry> = {};
  const states: Record<string, HassEntity> = {};
  const add = (domain: string, key: string, owner: string): string => {
    const entity_id = `${domain}.renamed_${owner}_${key}`;
    entities[entity_id] = { entity_id, platform: "cem_sgcp", translation_key: key, device_id: owner };
    states[entity_id] = { entity_id, state: "unknown", attributes: {} };
    return entity_id;
  };
  const hub = `hub_${entryId}`;
  devices[hub] = { id: hub, name, model: "Customer energy manager (CEM)", identifiers: [["cem_sgcp", entryId]], config_entry_id: entryId };
  for (const [domain, key] of SITE_KEYS) add(domain, key, hub);
  for (const [id, title, model, keys] of DEVICES) {
    const device = `${id}_${entryId}`;
    devices[device] = { id: device, name: title, model, identifiers: [["cem_sgcp", `sub_${id}`]], config_entry_id: entryId };
    for (const [domain, key] of keys) add(domain, key, device);
  }
  const series = Array.from({ length: steps }, (_, at) => ({
    start: iso(T0 + at * HOUR),
    end: iso(T0 + (at + 1) * HOUR),
    net_power: 300 + at * 100,
    base_load: 300,
    import_price: 0.2 + at * 0.01,
    export_price: 0.08,
    price_known: at < 5,
    import_limit: 24000,
    export_limit: null,
  }));
  const set = (key: string, owner: string, state: string, attributes: Record<string, unknown>): void => {
    const found = Object.values(entities).find((entry) => entry.translation_key === key && entry.device_id === owner);
    if (!found) throw new Error(key);
    states[found.entity_id] = { entity_id: found.entity_id, state, attributes };
  };
  const powers = (value: (at: number) => number) => series.map(({ start, end }, at) => ({ start, end, power: value(at), intent: "run" }));
  set("plan_status", hub, "optimal", { created: iso(T0), series });
  set("traffic_light", hub, "yellow", {});
  set("import_limit", hub, "24000", { until: iso(T0 + 2 * HOUR) });
  set("import_price", hub, "0.2", { unit_of_measurement: "EUR/kWh" });
  set("planned_power", `washer_${entryId}`, "0", { series: powers((at) => (at === 2 || at === 3 ? 1000 : 0)) });
  set("planned_start", `washer_${entryId}`, iso(T0 + 2 * HOUR), {
    latest_end: iso(T0 + 6 * HOUR),
    cost: 0.4,
    runs: [
      { start: iso(T0 + 2 * HOUR), end: iso(T0 + 3 * HOUR), power: 1000 },
      { start: iso(T0 + 3 * HOUR), end: iso(T0 + 4 * HOUR), power: 1000 },
    ],
  });
  set("planned_power", `pv_${entryId}`, "-500", { series: powers(() => -500) });
  set("planned_power", `battery_${entryId}`, "200", {
    series: powers((at) => (at % 2 ? -400 : 400)),
    levels: series.map(({ end }, at) => ({ end, level: 2000 + at * 100 })),
    capacity: 10000,
  });
  return {
    states,
    entities,
    devices,
    locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server" },
    language: "en",
    config: { time_zone: "Europe/Berlin", components: ["history", "logbook"] },
  };
}

export function merge(a: Hass, b: Hass): Hass {
  return { ...a, states: { ...a.states, ...b.states }, entities: { ...a.entities, ...b.entities }, devices: { ...a.devices, ...b.devices } };
}
