import { describe, expect, it } from "vitest";
import { pointLine, stepArea, stepLine, stretches } from "../src/paths";
import { hoursPerTick, linear, niceStep, niceTicks, timeTicks } from "../src/scales";
import { blocks, extent, stack } from "../src/stack";

const x = linear([0, 4], [0, 40]);
const y = linear([0, 10], [100, 0]);
const steps = [0, 1, 2, 3].map((start) => ({ start, end: start + 1 }));

describe("scales", () => {
  it("map ends to ends, and a span of nothing to its start", () => {
    expect(y(0)).toBe(100);
    expect(y(10)).toBe(0);
    expect(linear([5, 5], [0, 10])(5)).toBe(0);
  });

  it.each([
    [10, 5, 2],
    [0.17, 3, 0.1],
    [13000, 5, 5000],
    [0, 5, 1],
  ])("cut a span of %d into at most %d round steps of %d", (span, count, step) => {
    expect(niceStep(span, count)).toBeCloseTo(step, 12);
  });

  it.each([
    [-3.2, 12.9],
    [0, 0],
    [-0.05, 0.31],
    [0.2, 0.2],
    [-8, -1],
  ])("ticks from %d to %d hold everything", (low, high) => {
    const { domain, ticks } = niceTicks(low, high, 5);
    expect(domain[0]).toBeLessThanOrEqual(low);
    expect(domain[1]).toBeGreaterThanOrEqual(high);
    expect(domain[1]).toBeGreaterThan(domain[0]);
    expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
  });

  it("labels never come closer than they have room", () => {
    expect(hoursPerTick(0, 48 * 3_600_000, 480, 52)).toBe(6);
    expect(hoursPerTick(0, 12 * 3_600_000, 1200, 52)).toBe(1);
    expect(hoursPerTick(0, 24 * 3_600_000, 10, 52)).toBe(24);
  });
});

describe("time ticks", () => {
  const at = (text: string): number => Date.parse(text);

  it("are full local hours, and midnight is marked", () => {
    const ticks = timeTicks(at("2026-11-23T16:50:00Z"), at("2026-11-24T05:00:00Z"), 6, "Europe/Berlin");
    expect(ticks).toEqual([
      { at: at("2026-11-23T17:00:00Z"), midnight: false },
      { at: at("2026-11-23T23:00:00Z"), midnight: true },
      { at: at("2026-11-24T05:00:00Z"), midnight: false },
    ]);
  });

  it("follow the clock on days of 23 and 25 hours", () => {
    const spring = timeTicks(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z"), 6, "Europe/Berlin");
    expect(spring.map((tick) => tick.at)).toEqual(
      ["2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z", "2026-03-29T10:00:00Z", "2026-03-29T16:00:00Z", "2026-03-29T22:00:00Z"].map(at),
    );
    const autumn = timeTicks(at("2026-10-24T22:00:00Z"), at("2026-10-25T05:00:00Z"), 1, "Europe/Berlin");
    expect(autumn.map((tick) => tick.at)).toEqual(
      ["2026-10-24T22:00:00Z", "2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z", "2026-10-25T04:00:00Z", "2026-10-25T05:00:00Z"].map(at),
    );
  });

  it("find full hours in zones that are off by half an hour or by a quarter", () => {
    const [india] = timeTicks(at("2026-11-23T16:00:00Z"), at("2026-11-23T20:00:00Z"), 1, "Asia/Kolkata");
    expect(india?.at).toBe(at("2026-11-23T16:30:00Z"));
    const [nepal] = timeTicks(at("2026-11-23T16:00:00Z"), at("2026-11-23T20:00:00Z"), 1, "Asia/Kathmandu");
    expect(nepal?.at).toBe(at("2026-11-23T16:15:00Z"));
  });
});

describe("step paths", () => {
  it("hold each value for its whole step", () => {
    expect(stepLine(steps, [0, 5, 5, 10], x, y)).toBe("M0 100H10V50H20V50H30V0H40");
  });

  it("break where a value or a step is missing", () => {
    expect(stepLine(steps, [0, null, 5, 5], x, y)).toBe("M0 100H10M20 50H30V50H40");
    const gap = [{ start: 0, end: 1 }, { start: 2, end: 3 }];
    expect(stretches(gap, () => true)).toEqual([[0], [1]]);
    expect(stepLine(gap, [1, 1], x, y).match(/M/g)).toHaveLength(2);
  });

  it("enclose the area between two lines, and leave out what has no height", () => {
    expect(stepArea(steps, [0, 0, 0, 0], [0, 5, 0, 0], x, y)).toBe("M10 50H20V100H10Z");
    expect(stepArea(steps, [0, 0, 0, 0], [5, 10, 0, 0], x, y)).toBe("M0 50H10V0H20V100H10V100H0Z");
    expect(stepArea(steps, [0, 0, 0, 0], [0, 0, 0, 0], x, y)).toBe("");
  });

  it("join the ends of steps for a level", () => {
    expect(pointLine(steps, [0, 5, null, 10], x, y)).toBe("M10 100L20 50M40 0");
  });
});

describe("stacking", () => {
  it("puts consumption up and generation down, each in order", () => {
    const layers = stack([[100, 100], [200, -50], [-30, -70]]);
    expect(layers).toEqual([
      { low: [0, 0], high: [100, 100] },
      { low: [100, -50], high: [300, 0] },
      { low: [-30, -120], high: [0, -50] },
    ]);
    expect(extent(layers)).toEqual([-120, 300]);
  });

  it("of nothing reaches nowhere", () => {
    expect(stack([])).toEqual([]);
    expect(extent([])).toEqual([0, 0]);
  });

  it("finds a device's runs with their mean power; a change of direction is another run", () => {
    expect(blocks(steps, [1000, 2000, -500, 5])).toEqual([
      { start: 0, end: 2, power: 1500 },
      { start: 2, end: 3, power: -500 },
    ]);
  });
});
