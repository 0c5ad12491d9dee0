// The dashboard: views made of our plan card and of Home Assistant's own cards, from the entities that exist.
import { findSite, type Kind, type Site, type SiteDevice } from "./entities";
import { localizer, type Localize } from "./i18n";
import type { CardConfig, Hass } from "./types";

export const CARD_TYPE = "custom:cem-sgcp-plan-card";

export interface StrategyConfig {
  type: string;
  entry_id?: string;
}

export interface Section {
  type: "grid";
  column_span?: number;
  cards: CardConfig[];
}

export interface View {
  title: string;
  path: string;
  icon: string;
  type: "sections";
  max_columns: number;
  sections: Section[];
}

export interface Dashboard {
  title?: string;
  views: View[];
}

const ICONS: Record<Kind, string> = {
  pv: "mdi:solar-power-variant",
  wind_turbine: "mdi:wind-turbine",
  battery: "mdi:home-battery",
  v2h_car: "mdi:car-electric",
  ev_charger: "mdi:ev-station",
  appliance: "mdi:washing-machine",
  switched_load: "mdi:timer-cog-outline",
  water_pump: "mdi:water-pump",
  ventilation: "mdi:hvac",
  lighting: "mdi:lightbulb-group",
  heat_pump: "mdi:heat-pump",
  hybrid_heating: "mdi:fire",
  boiler: "mdi:water-boiler",
  solar_thermal: "mdi:solar-panel-large",
  radiator: "mdi:radiator",
  air_conditioning: "mdi:air-conditioner",
  freezer: "mdi:fridge-industrial",
  chp: "mdi:fire-circle",
  fuel_cell: "mdi:hydrogen-station",
  generator: "mdi:engine",
  load: "mdi:power-plug",
  other: "mdi:power-plug",
};

/** Tiles with the entity's own name: the heading above already names the device. */
const NAME = { type: "entity" };
const HALF = { columns: 6 };
const FULL = { columns: "full" };

interface TileOptions {
  features?: string[];
  full?: boolean;
}

function tile(entity: string | undefined, options: TileOptions = {}): CardConfig[] {
  if (entity === undefined) return [];
  const card: CardConfig = { type: "tile", entity, name: NAME, grid_options: options.full ? FULL : HALF };
  if (options.features) {
    card["features"] = options.features.map((type) => ({ type, ...(type === "numeric-input" ? { style: "buttons" } : {}) }));
    card["features_position"] = options.full ? "inline" : "bottom";
  }
  return [card];
}

/** A tile that presses a button; what moves an appliance asks first. */
function pressTile(entity: string | undefined, question?: string, size: object = HALF): CardConfig[] {
  if (entity === undefined) return [];
  const press = {
    action: "perform-action",
    perform_action: "button.press",
    target: { entity_id: entity },
    ...(question ? { confirmation: { text: question } } : {}),
  };
  return [{ type: "tile", entity, name: NAME, hide_state: true, tap_action: press, icon_tap_action: press, grid_options: size }];
}

function heading(text: string, icon: string, entities: ReadonlyArray<string | undefined> = []): CardConfig {
  const badges = entities.filter((id) => id !== undefined).map((entity) => ({ type: "entity", entity, show_state: true }));
  return { type: "heading", heading: text, heading_style: "title", icon, ...(badges.length ? { badges } : {}) };
}

function section(head: CardConfig, cards: CardConfig[], span?: number): Section[] {
  if (!cards.length) return [];
  return [{ type: "grid", ...(span ? { column_span: span } : {}), cards: [head, ...cards] }];
}

function planView(site: Site, words: Localize): View {
  const { entities } = site;
  return {
    title: words("view.plan"),
    path: "plan",
    icon: "mdi:chart-timeline",
    type: "sections",
    max_columns: 3,
    sections: [
      {
        type: "grid",
        column_span: 3,
        cards: [{ type: CARD_TYPE, entry_id: site.entryId, grid_options: FULL }],
      },
      ...section(heading(words("heading.connection"), "mdi:transmission-tower"), [
        ...tile(entities["traffic_light"]),
        ...tile(entities["net_power"]),
        ...tile(entities["import_limit"]),
        ...tile(entities["export_limit"]),
        ...tile(entities["limit_exceeded"]),
        ...tile(entities["plan_status"]),
        ...tile(entities["billed_peak"], { full: true }),
        ...tile(entities["goal"], { features: ["select-options"], full: true }),
      ]),
      ...section(heading(words("heading.costs"), "mdi:cash-clock"), [
        ...tile(entities["planned_cost_today"], { full: true }),
        ...tile(entities["planned_cost_tomorrow"], { full: true }),
        ...tile(entities["next_start"]),
        ...tile(entities["import_price"]),
        ...pressTile(entities["replan"], undefined, FULL),
      ]),
      ...section(
        heading(words("heading.devices"), "mdi:devices"),
        site.devices.flatMap((device): CardConfig[] => {
          const entity = device.entities["device_state"] ?? device.entities["planned_power"];
          if (entity === undefined) return [];
          return [{ type: "tile", entity, name: device.name, icon: ICONS[device.kind], grid_options: FULL }];
        }),
      ),
    ],
  };
}

function deviceCards({ name, entities }: SiteDevice, words: Localize): CardConfig[] {
  return [
    ...tile(entities["device_state"]),
    ...tile(entities["planned_power"]),
    ...tile(entities["mode"]),
    ...tile(entities["level"]),
    ...tile(entities["heat_loss"]),
    ...tile(entities["planned_start"]),
    ...tile(entities["expected_cost"]),
    ...tile(entities["ready_by"]),
    ...pressTile(entities["announce"], undefined, FULL),
    ...pressTile(entities["start_now"], words("confirm.start", { name })),
    ...pressTile(entities["cancel"], words("confirm.cancel", { name })),
    ...tile(entities["control"], { features: ["toggle"], full: true }),
    ...tile(entities["target"], { features: ["numeric-input"], full: true }),
    ...tile(entities["priority"], { features: ["numeric-input"], full: true }),
  ];
}

function devicesView(site: Site, words: Localize): View {
  return {
    title: words("view.devices"),
    path: "devices",
    icon: "mdi:devices",
    type: "sections",
    max_columns: 3,
    sections: site.devices.flatMap((device: SiteDevice) =>
      section(heading(device.name, ICONS[device.kind]), deviceCards(device, words)),
    ),
  };
}

function gridView(hass: Hass, site: Site, words: Localize): View {
  const { entities } = site;
  const loaded = (name: string): boolean => hass.config.components?.includes(name) ?? false;
  const history = ["net_power", "import_limit", "export_limit"].map((key) => entities[key]).filter((id) => id !== undefined);
  const decisions = entities["decision"];
  return {
    title: words("view.grid"),
    path: "grid",
    icon: "mdi:transmission-tower",
    type: "sections",
    max_columns: 3,
    sections: [
      ...section(heading(words("heading.signals"), "mdi:traffic-light"), [
        ...tile(entities["traffic_light"]),
        ...tile(entities["lpc_state"]),
        ...tile(entities["lpp_state"]),
        ...tile(entities["import_limit"]),
        ...tile(entities["export_limit"]),
        ...tile(entities["limit_exceeded"]),
        ...tile(entities["import_price"]),
        ...tile(entities["export_price"]),
      ]),
      ...section(
        heading(words("heading.power"), "mdi:chart-line"),
        loaded("history") && history.length
          ? [{ type: "history-graph", entities: history, hours_to_show: 24, grid_options: FULL }]
          : [...tile(entities["import_power"]), ...tile(entities["export_power"])],
      ),
      ...section(heading(words("heading.decisions"), "mdi:gavel"), [
        ...tile(decisions, { full: true }),
        ...(decisions !== undefined && loaded("logbook")
          ? [{ type: "logbook", target: { entity_id: [decisions] }, hours_to_show: 48, grid_options: FULL }]
          : []),
      ]),
      ...section(
        heading(words("heading.calendar"), "mdi:calendar-clock"),
        entities["plan"] === undefined
          ? []
          : [{ type: "calendar", entities: [entities["plan"]], initial_view: "listWeek", grid_options: FULL }],
      ),
    ],
  };
}

function emptyView(words: Localize): View {
  return {
    title: words("view.plan"),
    path: "plan",
    icon: "mdi:chart-timeline",
    type: "sections",
    max_columns: 1,
    sections: [
      { type: "grid", cards: [{ type: "markdown", title: words("empty.title"), content: words("empty.text") }] },
    ],
  };
}

/** The whole dashboard of one connection point: of the one that is named, else of the first. */
export function generateDashboard(config: StrategyConfig, hass: Hass): Dashboard {
  const words = localizer(hass.language);
  const site = findSite(hass, config.entry_id);
  if (!site) return { views: [emptyView(words)] };
  const views = [planView(site, words), devicesView(site, words), gridView(hass, site, words)];
  return { title: site.name, views: views.filter((view) => view.sections.length) };
}

export class CemStrategy extends HTMLElement {
  /** A new or renamed device shows without a reload. */
  static registryDependencies = ["entities", "devices"];

  static async generate(config: StrategyConfig, hass: Hass): Promise<Dashboard> {
    return generateDashboard(config, hass);
  }
}
