import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CemPlanCard } from "../src/plan-card";
import "../src/index";
import { HOUR, T0, house } from "./house";

class Observer {
  static width = 800;
  constructor(private readonly callback: (entries: unknown[]) => void) {}
  observe(): void {
    this.callback([{ contentRect: { width: Observer.width }, isIntersecting: true }]);
  }
  disconnect(): void {}
}

async function show(hass = house(), config: Record<string, unknown> = {}): Promise<CemPlanCard> {
  const card = document.createElement("cem-sgcp-plan-card") as CemPlanCard;
  card.setConfig({ type: "custom:cem-sgcp-plan-card", ...config });
  card.hass = hass;
  document.body.append(card);
  await card.updateComplete;
  await card.updateComplete;
  return card;
}

const find = <E extends Element = HTMLElement>(card: CemPlanCard, selector: string): E => card.shadowRoot!.querySelector<E>(selector)!;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], now: T0 + HOUR / 2 });
  vi.stubGlobal("ResizeObserver", Observer);
  vi.stubGlobal("IntersectionObserver", Observer);
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("the plan card", () => {
  it("is announced as a card and a dashboard, once", async () => {
    vi.resetModules();
    await import("../src/index");
    expect(window.customCards).toHaveLength(1);
    expect(window.customStrategies).toMatchObject([{ type: "cem-sgcp", strategyType: "dashboard" }]);
    expect(customElements.get("ll-strategy-dashboard-cem-sgcp")).toBeDefined();
  });

  it("draws the chart with a summary for those who hear it", async () => {
    const card = await show();
    const chart = find(card, "svg[role=img]");
    expect(chart.getAttribute("aria-label")).toContain("Washer: Mon 20:00");
    expect(chart.querySelectorAll(".row")).toHaveLength(3);
    expect(find(card, ".readout").textContent).toContain("Now");
    expect(card.shadowRoot!.innerHTML).not.toContain("NaN");
  });

  it("is read step by step with the keyboard", async () => {
    const card = await show();
    const reader = find(card, ".reader");
    const press = async (key: string): Promise<string> => {
      reader.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
      await card.updateComplete;
      return reader.getAttribute("aria-valuetext") ?? "";
    };
    expect(await press("ArrowRight")).toContain("19:00 – 20:00");
    expect(await press("End")).toContain("01:00 – 02:00");
    expect(await press("ArrowRight")).toContain("01:00 – 02:00");
    expect(await press("PageDown")).toContain("00:00 – 01:00");
    expect(await press("Home")).toContain("18:00 – 19:00: Price 0.200 EUR/kWh");
    await press("Escape");
    expect(find(card, ".readout .when").textContent).toContain("Now");
  });

  it("reads the step under mouse or finger", async () => {
    const card = await show();
    const reader = find(card, ".reader");
    reader.getBoundingClientRect = () => ({ left: 100, width: 800 }) as DOMRect;
    const move = async (type: string, clientX: number): Promise<string> => {
      const event = Object.assign(new MouseEvent(type, { clientX }), { pointerType: "mouse" });
      reader.dispatchEvent(event);
      await card.updateComplete;
      return find(card, ".readout .when").textContent ?? "";
    };
    expect(await move("pointermove", 550)).toContain("22:00 – 23:00");
    expect(await move("pointermove", 5000)).toContain("01:00 – 02:00");
    expect(await move("pointerleave", 0)).toContain("Now");
  });

  it("shows the same as a table", async () => {
    const card = await show();
    find<HTMLButtonElement>(card, "button.icon").click();
    await card.updateComplete;
    expect(card.shadowRoot!.querySelector("svg[role=img]")).toBeNull();
    expect(card.shadowRoot!.querySelectorAll("tbody tr:not(.day)")).toHaveLength(8);
    expect(card.shadowRoot!.querySelectorAll("tbody tr.day")).toHaveLength(2);
  });

  it("draws anew only when something that it shows has changed", async () => {
    const hass = house();
    const card = await show(hass);
    const drawn = vi.spyOn(card as unknown as { render(): unknown }, "render");
    const other = { ...hass, states: { ...hass.states, "sensor.other": { entity_id: "sensor.other", state: "1", attributes: {} } } };
    card.hass = other;
    await card.updateComplete;
    expect(drawn).not.toHaveBeenCalled();
    const id = "sensor.renamed_hub_entry1_traffic_light";
    card.hass = { ...other, states: { ...other.states, [id]: { ...hass.states[id]!, state: "red" } } };
    await card.updateComplete;
    expect(drawn).toHaveBeenCalledTimes(1);
    expect(find(card, ".dot.red")).not.toBeNull();
  });

  it("does nothing while its page is hidden, and catches up afterwards", async () => {
    const hass = house();
    const card = await show(hass);
    const drawn = vi.spyOn(card as unknown as { render(): unknown }, "render");
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    const id = "sensor.renamed_hub_entry1_traffic_light";
    card.hass = { ...hass, states: { ...hass.states, [id]: { ...hass.states[id]!, state: "black" } } };
    await card.updateComplete;
    vi.advanceTimersByTime(120_000);
    await card.updateComplete;
    expect(drawn).not.toHaveBeenCalled();
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await card.updateComplete;
    expect(find(card, ".dot.black")).not.toBeNull();
  });

  it("moves on with the clock: steps that are over leave", async () => {
    const card = await show();
    vi.setSystemTime(T0 + 2.5 * HOUR);
    vi.advanceTimersByTime(30_000);
    await card.updateComplete;
    expect(find(card, ".reader").getAttribute("aria-valuemax")).toBe("5");
  });

  it("says so when there is no plan, an old one, or no connection point", async () => {
    const hass = house();
    const id = "sensor.renamed_hub_entry1_plan_status";
    hass.states[id] = { entity_id: id, state: "waiting", attributes: {} };
    expect((await show(hass)).shadowRoot!.textContent).toContain("Waiting for the first plan");
    const old = house();
    old.states[id] = { ...old.states[id]!, state: "stale" };
    expect((await show(old)).shadowRoot!.textContent).toContain("The plan is out of date");
    expect((await show(house(), { entry_id: "gone" })).shadowRoot!.textContent).toContain("No connection point");
  });

  it("shows as many hours as asked, a day on a phone", async () => {
    expect(find(await show(house({ steps: 60 })), ".reader").getAttribute("aria-valuemax")).toBe("48");
    Observer.width = 380;
    expect(find(await show(house({ steps: 60 })), ".reader").getAttribute("aria-valuemax")).toBe("24");
    Observer.width = 800;
    const card = await show(house({ steps: 60 }), { hours: 6 });
    expect(find(card, ".reader").getAttribute("aria-valuemax")).toBe("6");
    find<HTMLButtonElement>(card, ".ranges button").click();
    await card.updateComplete;
    expect(find(card, ".reader").getAttribute("aria-valuemax")).toBe("12");
  });

  it.each([[0], [-3], [1000], [Number.NaN]])("refuses %d hours", (hours) => {
    const card = document.createElement("cem-sgcp-plan-card") as CemPlanCard;
    expect(() => card.setConfig({ type: "x", hours })).toThrow("1 to 168");
  });

  it("shows only the devices that were chosen, and all where none was", async () => {
    const names = async (devices?: string[]): Promise<string[]> => {
      const card = await show(house(), devices ? { devices } : {});
      return [...card.shadowRoot!.querySelectorAll("g.row .name tspan:first-child")].map((text) => text.textContent ?? "");
    };
    expect(await names(["battery_entry1"])).toEqual(["Battery"]);
    expect((await names([])).length).toBe((await names()).length);
    expect(await names(["nobody"])).toEqual([]);
    expect(() => new CemPlanCard().setConfig({ type: "x", devices: "battery_entry1" as never })).toThrow("list of device ids");
  });

  it("offers a visual editor and a configuration to start with", () => {
    const form = CemPlanCard.getConfigForm() as { schema: Array<{ name: string }>; computeLabel(schema: { name: string }): string };
    for (const field of form.schema) expect(form.computeLabel(field)).toBeTruthy();
    expect(CemPlanCard.getStubConfig(house())).toEqual({ entry_id: "entry1" });
    const card = new CemPlanCard();
    expect(card.getGridOptions()).toMatchObject({ columns: "full" });
    expect(card.getCardSize()).toBeGreaterThan(3);
  });

  it("is harmless without Home Assistant", async () => {
    const card = document.createElement("cem-sgcp-plan-card") as CemPlanCard;
    card.hass = undefined;
    document.body.append(card);
    await card.updateComplete;
    expect(card.shadowRoot!.querySelector("ha-card")).toBeNull();
    card.remove();
  });
});
