import { describe, expect, it } from "vitest";
import { findSite, findSites } from "../src/entities";
import { CARD_TYPE, CemStrategy, generateDashboard, type Dashboard } from "../src/strategy";
import type { CardConfig } from "../src/types";
import { house, merge } from "./house";

const cards = (dashboard: Dashboard): CardConfig[] => dashboard.views.flatMap((view) => view.sections.flatMap((section) => section.cards));
const config = { type: "custom:cem-sgcp" };

describe("finding connection points", () => {
  it("goes by platform, translation key and device, whatever the entities are called", () => {
    const site = findSite(house());
    expect(site?.entities["plan_status"]).toBe("sensor.renamed_hub_entry1_plan_status");
    expect(site?.devices.map(({ name, kind }) => [name, kind])).toEqual([
      ["Roof", "pv"],
      ["Battery", "battery"],
      ["Washer", "appliance"],
    ]);
  });

  it("knows every kind of device by its model, and shows what it does not know all the same", () => {
    const hass = house();
    hass.devices["washer_entry1"]!.model = "heat pump";
    hass.devices["battery_entry1"]!.model = "flux capacitor";
    expect(findSite(hass)?.devices.map(({ name, kind }) => [name, kind])).toEqual([
      ["Roof", "pv"],
      ["Washer", "heat_pump"],
      ["Battery", "other"],
    ]);
  });

  it("keeps two connection points apart", () => {
    const both = merge(house({ entryId: "b", name: "Farm" }), house({ entryId: "a", name: "Barn" }));
    expect(findSites(both).map(({ name, devices }) => [name, devices.length])).toEqual([["Barn", 3], ["Farm", 3]]);
    expect(findSite(both, "b")?.name).toBe("Farm");
    expect(findSite(both)?.name).toBe("Barn");
  });

  it("does not show another one in the place of one that is gone", () => {
    expect(findSite(house(), "gone")).toBeUndefined();
  });

  it("takes the user's name and passes over hidden and foreign entities", () => {
    const hass = house();
    hass.devices["washer_entry1"]!.name_by_user = "Miele";
    hass.entities["switch.renamed_washer_entry1_control"]!.hidden = true;
    hass.entities["sensor.x"] = { entity_id: "sensor.x", platform: "other", translation_key: "device_state", device_id: "washer_entry1" };
    const washer = findSite(hass)?.devices[2];
    expect(washer?.name).toBe("Miele");
    expect(washer?.entities["control"]).toBeUndefined();
    expect(washer?.entities["device_state"]).toBe("sensor.renamed_washer_entry1_device_state");
  });
});

describe("the dashboard", () => {
  it("has the plan first and only cards of Home Assistant beside it", async () => {
    const dashboard = await CemStrategy.generate(config, house());
    expect(dashboard.views.map((view) => view.path)).toEqual(["plan", "devices", "grid"]);
    expect(dashboard.views[0]?.sections[0]?.cards[0]).toMatchObject({ type: CARD_TYPE, entry_id: "entry1" });
    const types = new Set(cards(dashboard).map((card) => card.type));
    expect(types).toEqual(new Set([CARD_TYPE, "tile", "heading", "history-graph", "logbook", "calendar"]));
  });

  it("shows mode and level of a device that has them, and lets the goal be chosen", () => {
    const hass = house();
    const add = (id: string, key: string, device: string): void => {
      hass.entities[id] = { entity_id: id, platform: "cem_sgcp", translation_key: key, device_id: device };
    };
    add("sensor.pump_mode", "mode", "washer_entry1");
    add("sensor.pump_level", "level", "washer_entry1");
    add("select.goal", "goal", "hub_entry1");
    const tiles = new Map(cards(generateDashboard(config, hass)).map((card) => [card["entity"], card]));
    expect(tiles.has("sensor.pump_mode")).toBe(true);
    expect(tiles.has("sensor.pump_level")).toBe(true);
    expect(tiles.get("select.goal")?.["features"]).toEqual([{ type: "select-options" }]);
  });

  it("names only entities that exist", () => {
    const hass = house();
    const text = JSON.stringify(generateDashboard(config, hass));
    const named = text.match(/"[a-z_]+\.renamed_[a-z0-9_]+"/g) ?? [];
    expect(named.length).toBeGreaterThan(20);
    for (const id of named) expect(hass.entities[JSON.parse(id) as string]).toBeDefined();
    expect(text).not.toContain("undefined");
  });

  it("has a section for each device with what can be done to it", () => {
    const { views } = generateDashboard(config, house());
    const sections = views[1]?.sections ?? [];
    expect(sections.map((section) => section.cards[0]?.["heading"])).toEqual(["Roof", "Battery", "Washer"]);
    const washer = sections[2]?.cards.map((card) => card["entity"]);
    for (const key of ["control", "priority", "ready_by", "start_now", "planned_start", "expected_cost"]) {
      expect(washer?.some((id) => String(id).endsWith(`_${key}`))).toBe(true);
    }
  });

  it("asks before it starts an appliance", () => {
    const start = cards(generateDashboard(config, house())).find((card) => String(card["entity"]).endsWith("_start_now"));
    expect(start?.["tap_action"]).toMatchObject({
      perform_action: "button.press",
      target: { entity_id: "button.renamed_washer_entry1_start_now" },
      confirmation: { text: "Start Washer now?" },
    });
  });

  it("needs neither history nor logbook", () => {
    const hass = house();
    hass.config.components = [];
    const types = cards(generateDashboard(config, hass)).map((card) => card.type);
    expect(types).not.toContain("history-graph");
    expect(types).not.toContain("logbook");
  });

  it("says what to do where there is no connection point, in the user's language", () => {
    const hass = { ...house(), entities: {}, devices: {}, language: "de" };
    expect(JSON.stringify(generateDashboard(config, hass))).toContain("Kein Netzanschluss");
  });

  it("is made again when entities or devices change", () => {
    expect(CemStrategy.registryDependencies).toEqual(["entities", "devices"]);
  });
});
