// Finds the connection points and their entities in the registries, by what they are and not by what they are called.
import type { DeviceEntry, Hass } from "./types";

export const DOMAIN = "cem_sgcp";

/** Entity ids by translation key, which names what an entity is for. */
export type Entities = Readonly<Record<string, string>>;

/** Kinds of devices in the order in which they are shown. */
export const KINDS = [
  "pv",
  "wind_turbine",
  "battery",
  "v2h_car",
  "ev_charger",
  "appliance",
  "switched_load",
  "water_pump",
  "ventilation",
  "lighting",
  "heat_pump",
  "hybrid_heating",
  "boiler",
  "solar_thermal",
  "radiator",
  "air_conditioning",
  "freezer",
  "chp",
  "fuel_cell",
  "generator",
  "load",
] as const;

export type Kind = (typeof KINDS)[number] | "other";

export interface SiteDevice {
  id: string;
  name: string;
  kind: Kind;
  entities: Entities;
}

export interface Site {
  entryId: string;
  deviceId: string;
  name: string;
  entities: Entities;
  devices: SiteDevice[];
}

const ORDER: readonly Kind[] = [...KINDS, "other"];

/** The kind of a device: its model in the device registry, with blanks for the underscores. */
function kindOf(model: string | null | undefined): Kind {
  const kind = (model ?? "").replaceAll(" ", "_") as Kind;
  return ORDER.includes(kind) ? kind : "other";
}

/** All connection points in the order of their names; a device belongs to the one of its config entry. */
export function findSites(hass: Pick<Hass, "entities" | "devices">): Site[] {
  const byDevice = new Map<string, Record<string, string>>();
  for (const entry of Object.values(hass.entities)) {
    if (entry.platform !== DOMAIN || !entry.device_id || !entry.translation_key || entry.hidden) continue;
    const entities = byDevice.get(entry.device_id) ?? {};
    entities[entry.translation_key] ??= entry.entity_id;
    byDevice.set(entry.device_id, entities);
  }
  const sites: Site[] = [];
  const others: Array<SiteDevice & { entryId: string }> = [];
  for (const [deviceId, entities] of byDevice) {
    const device = hass.devices[deviceId];
    const entryId = device && entryOf(device);
    if (!device || !entryId) continue;
    const name = device.name_by_user || device.name || "";
    const own = device.identifiers?.some(([domain, id]) => domain === DOMAIN && id === entryId);
    if (own) sites.push({ entryId, deviceId, name, entities, devices: [] });
    else others.push({ id: deviceId, name, kind: kindOf(device.model), entities, entryId });
  }
  for (const { entryId, ...device } of others) {
    sites.find((site) => site.entryId === entryId)?.devices.push(device);
  }
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  for (const site of sites) {
    site.devices.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || byName(a, b));
  }
  return sites.sort(byName);
}

/** The connection point of a config entry; without one, or when it is gone, the first. */
export function findSite(hass: Pick<Hass, "entities" | "devices">, entryId?: string): Site | undefined {
  const sites = findSites(hass);
  return sites.find((site) => site.entryId === entryId) ?? (entryId ? undefined : sites[0]);
}

function entryOf(device: DeviceEntry): string | undefined {
  return device.config_entry_id ?? device.config_entries?.[0] ?? undefined;
}
