import { describe, expect, it } from "vitest";
import { deviceColors } from "../src/colors";
import { findSite } from "../src/entities";
import { layOut } from "../src/geometry";
import { formatsOf, localizer } from "../src/i18n";
import { cut, plannedEntities, readPlan, stepAt, type Plan } from "../src/plan";
import { readout } from "../src/reading";
import { LANGUAGES, en } from "../src/strings";
import { summary } from "../src/summary";
import type { Hass } from "../src/types";
import { HOUR, T0, house } from "./house";

function planOf(hass: Hass): Plan {
  const site = findSite(hass);
  if (!site) throw new Error("no site");
  return readPlan(hass, site);
}

const attributes = (hass: Hass, key: string): Record<string, unknown> => {
  const id = Object.values(hass.entities).find((entry) => entry.translation_key === key)?.entity_id ?? "";
  return hass.states[id]?.attributes ?? {};
};

describe("reading the plan", () => {
  it("aligns every device with the steps of the connection point", () => {
    const plan = planOf(house());
    expect(plan.steps).toHaveLength(8);
    expect(plan.currency).toBe("EUR");
    expect(plan.phase).toBe("yellow");
    expect(plan.devices.map((device) => device.name)).toEqual(["Roof", "Battery", "Washer"]);
    const [roof, battery, washer] = plan.devices;
    expect(roof?.power).toEqual(new Array(8).fill(-500));
    expect(battery?.level?.[7]).toBe(2700);
    expect(battery?.capacity).toBe(10000);
    expect(washer?.power).toEqual([0, 0, 1000, 1000, 0, 0, 0, 0]);
    expect(washer?.run).toEqual({ start: T0 + 2 * HOUR, end: T0 + 4 * HOUR, deadline: T0 + 6 * HOUR, cost: 0.4 });
  });

  it("leaves out what is missing, not a number, backward or overlapping", () => {
    const hass = house();
    const series = attributes(hass, "plan_status")["series"] as Array<Record<string, unknown>>;
    series[1]!["net_power"] = Number.NaN;
    series[2]!["import_price"] = "dear";
    series[3]!["start"] = "yesterday";
    series[4]!["end"] = series[4]!["start"];
    series.push({ ...series[0] }, null as never);
    const plan = planOf(hass);
    expect(plan.steps).toHaveLength(6);
    expect(plan.steps[1]?.net).toBe(0);
    expect(plan.steps[2]?.importPrice).toBeNull();
  });

  it.each([[undefined], ["soon"], [{}], [[]]])("with a series of %j is empty", (series) => {
    const hass = house();
    attributes(hass, "plan_status")["series"] = series;
    expect(planOf(hass).steps).toEqual([]);
  });

  it("shows no phase that the standard does not know", () => {
    const hass = house();
    const id = Object.values(hass.entities).find((entry) => entry.translation_key === "traffic_light")!.entity_id;
    hass.states[id] = { ...hass.states[id]!, state: "unavailable" };
    expect(planOf(hass).phase).toBeNull();
  });

  it("follows only the entities that it draws", () => {
    const site = findSite(house())!;
    const ids = plannedEntities(site);
    expect(ids).toContain(site.entities["plan_status"]);
    expect(ids).not.toContain(site.entities["net_power"]);
  });

  it("is cut to the hours that are shown", () => {
    const plan = cut(planOf(house()), T0 + 1.5 * HOUR, T0 + 3 * HOUR);
    expect(plan.steps.map((step) => step.start)).toEqual([T0 + HOUR, T0 + 2 * HOUR]);
    expect(plan.devices[2]?.power).toEqual([0, 1000]);
    expect(plan.devices[1]?.level).toEqual([2100, 2200]);
  });

  it("finds the step of a moment, also outside", () => {
    const { steps } = planOf(house());
    expect(stepAt(steps, T0 - HOUR)).toBe(0);
    expect(stepAt(steps, T0 + 1.5 * HOUR)).toBe(1);
    expect(stepAt(steps, T0 + 99 * HOUR)).toBe(7);
  });
});

describe("layout", () => {
  const hass = house();
  const formats = formatsOf(hass, "EUR");

  it.each([320, 390, 800, 1600])("fits a width of %d without a number that is none", (width) => {
    const geometry = layOut(planOf(hass), width, T0, formats);
    expect(geometry.right).toBeLessThanOrEqual(width);
    expect(JSON.stringify(geometry)).not.toMatch(/NaN|null,null|Infinity/);
    const panels = [geometry.band, geometry.price!, geometry.power, geometry.level!, ...geometry.rows];
    panels.slice(1).forEach((panel, at) => expect(panel.top).toBeGreaterThanOrEqual(panels[at]!.bottom));
    expect(geometry.height).toBeGreaterThan(panels.at(-1)!.bottom);
  });

  it("names a far limit at the edge and draws a near one", () => {
    expect(layOut(planOf(hass), 800, T0, formats).power).toMatchObject({ above: 24000, importLimit: "" });
    const tight = planOf(hass);
    tight.steps = tight.steps.map((step) => ({ ...step, importLimit: 1500 }));
    const { power } = layOut(tight, 800, T0, formats);
    expect(power.above).toBeNull();
    expect(power.importLimit).toMatch(/^M/);
  });

  it("draws known and expected prices apart", () => {
    const { price, x } = layOut(planOf(hass), 800, T0, formats);
    expect(price?.expectedFrom).toBe(x(T0 + 5 * HOUR));
    expect(price?.line).not.toBe("");
    expect(price?.expectedLine).not.toBe("");
    expect(price?.exportLine).toBe("");
  });

  it("shows negative prices below nought, and a changing feed-in price as a line", () => {
    const plan = planOf(hass);
    plan.steps = plan.steps.map((step, at) => ({ ...step, importPrice: at ? 0.1 : -0.05, exportPrice: at / 100 }));
    const { price } = layOut(plan, 800, T0, formats);
    expect(price!.scale(-0.05)).toBeGreaterThan(price!.scale(0));
    expect(price!.exportLine).not.toBe("");
  });

  it("without prices, stores or devices has no panel for them", () => {
    const plan = planOf(hass);
    const bare = { ...plan, devices: [], steps: plan.steps.map((step) => ({ ...step, importPrice: null })) };
    const geometry = layOut(bare, 400, T0, formats);
    expect(geometry.price).toBeNull();
    expect(geometry.level).toBeNull();
    expect(geometry.rows).toEqual([]);
  });

  it("shows levels in percent where capacities are known, else in kWh", () => {
    const plan = planOf(hass);
    expect(layOut(plan, 800, T0, formats).level?.unit).toBe("%");
    plan.devices[1]!.capacity = null;
    expect(layOut(plan, 800, T0, formats).level?.unit).toBe("kWh");
  });

  it("lets the band turn green when the limit that came with the phase ends", () => {
    const { band, x } = layOut(planOf(hass), 800, T0, formats);
    expect(band.pieces).toHaveLength(2);
    expect(band.pieces[1]?.x).toBe(x(T0 + 2 * HOUR));
  });
});

describe("words and numbers", () => {
  it("every language has every word, with the same gaps to fill", () => {
    const gaps = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const words of Object.values(LANGUAGES)) {
      expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
      for (const [key, text] of Object.entries(en)) expect(gaps(words[key as keyof typeof en])).toEqual(gaps(text));
    }
  });

  it("falls back from a region to its language and from an unknown language to English", () => {
    expect(localizer("de-AT")("now")).toBe("Jetzt");
    expect(localizer("tlh")("now")).toBe("Now");
  });

  it.each([
    ["decimal_comma", "24", "0,328 EUR/kWh", "18:00"],
    ["comma_decimal", "12", "0.328 EUR/kWh", "6:00 PM"],
  ])("with %s numbers and a %s-hour clock", (number_format, time_format, price, time) => {
    const hass = house();
    hass.locale = { ...hass.locale, number_format, time_format };
    const formats = formatsOf(hass, "EUR");
    expect(formats.price(0.32842)).toBe(price);
    expect(formats.time(T0).replace(/\s/g, " ")).toBe(time);
  });

  it("powers are short and there is no minus nought", () => {
    const { power } = formatsOf(house(), "EUR");
    expect([0, -0.2, 999, 24000, -1340].map(power)).toEqual(["0 W", "0 W", "999 W", "24 kW", "-1.3 kW"]);
  });

  it("a step is read with everything that is drawn in it", () => {
    const hass = house();
    const plan = planOf(hass);
    const items = readout(plan, 6, deviceColors(plan.devices), formatsOf(hass, "EUR"), localizer("en"));
    expect(items.map(({ name, value }) => `${name} ${value}`)).toEqual([
      "Price 0.260 EUR/kWh (expected)",
      "Net power 900 W",
      "Import limit 24 kW",
      "Base load 300 W",
      "Roof -500 W",
      "Battery 400 W (26 %)",
      "Washer 0 W",
    ]);
  });

  it("the summary tells the extremes and every device's runs", () => {
    const hass = house();
    const text = summary(planOf(hass), formatsOf(hass, "EUR"), localizer("en"));
    expect(text).toContain("Grid: yellow.");
    expect(text).toContain("0.200 EUR/kWh (Mon 18:00) to 0.270 EUR/kWh (Tue 01:00)");
    expect(text).toContain("Washer: Mon 20:00 – 22:00, 1 kW.");
  });

  it("no two of a dozen devices that stand next to each other share a colour", () => {
    const colors = deviceColors(Array.from({ length: 12 }, () => ({ kind: "appliance" as const })));
    colors.slice(1).forEach((color, at) => expect(color).not.toBe(colors[at]));
  });
});
