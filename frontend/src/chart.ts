// Draws the chart that geometry has laid out.
import { nothing, svg, type SVGTemplateResult } from "lit";
import { BASE_COLOR, LIMIT_COLOR, NET_COLOR, PRICE_COLOR } from "./colors";
import type { Axis, Geometry, Row } from "./geometry";
import type { Formats, Localize } from "./i18n";

export interface Drawing {
  geometry: Geometry;
  colors: string[];
  currency: string;
  now: number;
  formats: Formats;
  words: Localize;
}

export function drawChart({ geometry: g, colors, currency, now, formats, words }: Drawing): SVGTemplateResult {
  return svg`
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" stroke=${PRICE_COLOR} stroke-width="1.6" opacity="0.45"></line>
      </pattern>
    </defs>
    ${g.ticks.map((tick) => svg`
      <line class=${tick.midnight ? "midnight" : "grid"} x1=${tick.x} x2=${tick.x} y1=${g.band.bottom + 4} y2=${g.height}></line>`)}
    ${g.band.pieces.map((piece) => svg`
      <rect x=${piece.x} y=${g.band.top} width=${Math.max(piece.width, 0)} height=${g.band.bottom - g.band.top} rx="3" fill=${piece.color}></rect>`)}
    ${drawPrice(g, currency, words)}
    ${drawPower(g, colors, formats, words)}
    ${drawLevel(g, colors, words)}
    <g class="axis">
      ${g.ticks.map((tick) => svg`
        <text x=${tick.x} y=${g.axisTop + 12} text-anchor="middle" class=${tick.midnight ? "day" : ""}>${tick.label}</text>`)}
    </g>
    ${g.rows.map((row, at) => drawRow(row, g, colors[at] ?? BASE_COLOR, formats, words))}
    ${drawNow(g, now)}
  `;
}

function drawAxis(g: Geometry, axis: Axis, title: string, hint = ""): SVGTemplateResult {
  return svg`
    ${axis.ticks.map((tick) => svg`
      <line class=${tick.zero ? "zero" : "grid"} x1=${g.left} x2=${g.right} y1=${tick.y} y2=${tick.y}></line>
      <text class="tick" x=${g.left - 6} y=${tick.y + 3.5} text-anchor="end">${tick.label}</text>`)}
    <text class="title" x="0" y=${axis.top - 10}>${title}${hint ? svg`<tspan class="hint" dx="10">${hint}</tspan>` : nothing}</text>`;
}

function drawPrice(g: Geometry, currency: string, words: Localize): SVGTemplateResult | typeof nothing {
  const { price } = g;
  if (!price) return nothing;
  return svg`
    ${drawAxis(g, price, words("axis.price", { unit: `${currency}/kWh` }))}
    <path class="price" d=${price.known} fill=${PRICE_COLOR} opacity="0.22"></path>
    <path d=${price.expected} fill="url(#hatch)"></path>
    <path class="line" d=${price.line} stroke=${PRICE_COLOR}></path>
    <path class="line expected" d=${price.expectedLine} stroke=${PRICE_COLOR}></path>
    <path class="line thin" d=${price.exportLine} stroke="var(--energy-grid-return-color, #8353d1)"></path>
    ${price.expectedFrom === null || g.right - price.expectedFrom < 56 ? nothing : svg`
      <text class="hint" x=${Math.max(price.expectedFrom, g.left) + 4} y=${price.top - 10}>${words("price.forecast")}</text>`}`;
}

function drawPower(g: Geometry, colors: string[], formats: Formats, words: Localize): SVGTemplateResult {
  const { power } = g;
  return svg`
    ${drawAxis(g, power, words("axis.power"), words("axis.power_hint"))}
    <path d=${power.base} fill=${BASE_COLOR} opacity="0.55"></path>
    ${power.layers.map((path, at) => svg`<path class="layer" d=${path} fill=${colors[at] ?? BASE_COLOR}></path>`)}
    <path class="line halo" d=${power.net}></path>
    <path class="line net" d=${power.net} stroke=${NET_COLOR}></path>
    <path class="line limit" d=${power.importLimit} stroke=${LIMIT_COLOR}></path>
    <path class="line limit" d=${power.exportLimit} stroke=${LIMIT_COLOR}></path>
    ${power.above === null ? nothing : svg`
      <text class="edge" x=${g.right} y=${power.top - 10} text-anchor="end">${g.narrow ? "" : words("power.limit_import")} ${formats.power(power.above)} ↑</text>`}
    ${power.below === null ? nothing : svg`
      <text class="edge" x=${g.right} y=${power.bottom - 4} text-anchor="end">${words("power.limit_export")} ${formats.power(power.below)} ↓</text>`}`;
}

function drawLevel(g: Geometry, colors: string[], words: Localize): SVGTemplateResult | typeof nothing {
  if (!g.level) return nothing;
  return svg`
    ${drawAxis(g, g.level, words(g.level.unit === "%" ? "axis.level" : "axis.level_kwh"))}
    ${g.level.lines.map(({ path, device }) => svg`<path class="line level" d=${path} stroke=${colors[device] ?? BASE_COLOR}></path>`)}`;
}

function drawRow(row: Row, g: Geometry, color: string, formats: Formats, words: Localize): SVGTemplateResult {
  const { device } = row;
  const { run } = device;
  const parts: string[] = [];
  if (run) parts.push(formats.range(run.start, run.end));
  if (device.kind === "appliance" && !run) parts.push(words("row.nothing"));
  const deadline = run?.deadline ?? device.deadline;
  if (deadline !== null && row.deadline !== null) parts.push(words("row.deadline", { time: formats.time(deadline) }));
  return svg`
    <g class="row">
      <text class="name" x="0" y=${row.top - 5}><tspan>${device.name}</tspan><tspan class="hint" dx="8">${parts.join(" · ")}</tspan></text>
      <rect class="track" x=${g.left} y=${row.top} width=${g.right - g.left} height=${row.bottom - row.top} rx="3"></rect>
      ${row.run === null ? nothing : svg`
        <rect class="run" x=${row.run.x} y=${row.top} width=${row.run.width} height=${row.bottom - row.top} rx="3" fill=${color} stroke=${color}></rect>`}
      <path d=${row.area} fill=${color}></path>
      ${row.baseline > row.top + 1 && row.baseline < row.bottom - 1 ? svg`<line class="zero" x1=${g.left} x2=${g.right} y1=${row.baseline} y2=${row.baseline}></line>` : nothing}
      ${row.deadline === null ? nothing : svg`
        <line class="deadline" x1=${row.deadline} x2=${row.deadline} y1=${row.top - 2} y2=${row.bottom + 2}></line>
        <path class="flag" d="M${row.deadline} ${row.top - 2}l-6 3.5l6 3.5z"></path>`}
      <title>${device.name}: ${parts.join(", ")}</title>
    </g>`;
}

function drawNow(g: Geometry, now: number): SVGTemplateResult | typeof nothing {
  if (now < g.x.domain[0] || now > g.x.domain[1]) return nothing;
  const at = g.x(now);
  const panels = [g.price, g.power, g.level, ...g.rows].filter((panel) => panel !== null);
  return svg`
    ${panels.map(({ top, bottom }) => svg`<line class="now" x1=${at} x2=${at} y1=${top} y2=${bottom}></line>`)}
    <circle class="now-dot" cx=${at} cy=${g.band.top + 3} r="4.5"></circle>`;
}
