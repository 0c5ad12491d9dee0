// Stacks powers: what is consumed upward from nought, what is generated downward, each in the given order.

export interface Layer {
  low: number[];
  high: number[];
}

export function stack(series: ReadonlyArray<readonly number[]>): Layer[] {
  const length = series[0]?.length ?? 0;
  const up = new Array<number>(length).fill(0);
  const down = new Array<number>(length).fill(0);
  return series.map((values) => {
    const low: number[] = [];
    const high: number[] = [];
    for (let at = 0; at < length; at++) {
      const value = values[at] ?? 0;
      const side = value < 0 ? down : up;
      const from = side[at] as number;
      const to = from + value;
      side[at] = to;
      low.push(Math.min(from, to));
      high.push(Math.max(from, to));
    }
    return { low, high };
  });
}

/** The lowest and the highest value that a stack reaches; nought is always within. */
export function extent(layers: readonly Layer[]): [number, number] {
  let low = 0;
  let high = 0;
  for (const layer of layers) {
    for (const value of layer.low) low = Math.min(low, value);
    for (const value of layer.high) high = Math.max(high, value);
  }
  return [low, high];
}

export interface Block {
  start: number;
  end: number;
  /** Mean power in W, with its sign. */
  power: number;
}

/** Stretches in which a device consumes or generates, for its row of the timeline. */
export function blocks(steps: ReadonlyArray<{ start: number; end: number }>, power: readonly number[], idle = 25): Block[] {
  const found: Array<Block & { energy: number }> = [];
  steps.forEach((step, at) => {
    const value = power[at] ?? 0;
    if (Math.abs(value) < idle) return;
    const last = found.at(-1);
    const energy = value * (step.end - step.start);
    if (last && last.end === step.start && Math.sign(last.energy) === Math.sign(value)) {
      last.end = step.end;
      last.energy += energy;
    } else found.push({ start: step.start, end: step.end, energy, power: 0 });
  });
  return found.map(({ start, end, energy }) => ({ start, end, power: energy / (end - start) }));
}
