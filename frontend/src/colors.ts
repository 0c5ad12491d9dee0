// Colours come from the theme; the values behind them are Home Assistant's own, for pages without a theme.
import type { Kind } from "./entities";
import type { Phase, PlannedDevice } from "./plan";

export const BASE_COLOR = "var(--state-inactive-color, #8a8f94)";
export const PRICE_COLOR = "var(--primary-color, #009ac7)";
export const NET_COLOR = "var(--primary-text-color, #212121)";
export const LIMIT_COLOR = "var(--error-color, #db4437)";

const KIND_COLORS: Partial<Record<Kind, string>> = {
  pv: "var(--energy-solar-color, #ff9800)",
  battery: "var(--energy-battery-out-color, #4db6ac)",
};

// The theme's palette, in an order in which neighbours differ and none looks like solar or battery.
const PALETTE: ReadonlyArray<readonly [number, string]> = [
  [1, "#4269d0"],
  [5, "#a463f2"],
  [6, "#ff8ab7"],
  [9, "#01ab63"],
  [7, "#9c6b4e"],
  [3, "#ff725c"],
  [8, "#97bbf5"],
];

/** One colour per device: its kind's, or the next of the palette. */
export function deviceColors(devices: ReadonlyArray<Pick<PlannedDevice, "kind">>): string[] {
  let next = 0;
  const taken = new Set<Kind>();
  return devices.map(({ kind }) => {
    const own = KIND_COLORS[kind];
    if (own && !taken.has(kind)) {
      taken.add(kind);
      return own;
    }
    const [number, value] = PALETTE[next++ % PALETTE.length] as readonly [number, string];
    return `var(--color-${number}, ${value})`;
  });
}

export const PHASE_COLORS: Record<Phase, string> = {
  green: "var(--success-color, #43a047)",
  yellow: "var(--warning-color, #ffa600)",
  red: "var(--error-color, #db4437)",
  black: "var(--primary-text-color, #212121)",
};
