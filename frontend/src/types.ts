// The part of Home Assistant's frontend that we use. Everything that comes from there may be missing.

export interface HassEntity {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
}

export interface EntityEntry {
  entity_id: string;
  platform?: string;
  translation_key?: string;
  device_id?: string;
  hidden?: boolean;
}

export interface DeviceEntry {
  id: string;
  name?: string | null;
  name_by_user?: string | null;
  model?: string | null;
  identifiers?: ReadonlyArray<readonly string[]>;
  config_entry_id?: string | null;
  config_entries?: readonly string[];
}

export interface FrontendLocale {
  language: string;
  number_format: string;
  time_format: string;
  time_zone: string;
}

export interface Hass {
  states: Record<string, HassEntity | undefined>;
  entities: Record<string, EntityEntry>;
  devices: Record<string, DeviceEntry>;
  locale: FrontendLocale;
  language: string;
  config: { time_zone: string; components?: readonly string[] };
  formatEntityState?: (state: HassEntity) => string;
}

export type CardConfig = Record<string, unknown> & { type: string };
