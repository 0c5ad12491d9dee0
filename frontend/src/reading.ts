// The plan in words and numbers: one step beside the chart, all steps in a table.
import { html, type TemplateResult } from "lit";
import { BASE_COLOR, LIMIT_COLOR, NET_COLOR, PRICE_COLOR } from "./colors";
import type { Formats, Localize } from "./i18n";
import type { Plan, PlannedDevice } from "./plan";

export interface ReadItem {
  name: string;
  value: string;
  color: string;
  shape: "box" | "line" | "dashes";
}

function levelText(device: PlannedDevice, at: number, formats: Formats): string {
  const level = device.level?.[at];
  if (level === null || level === undefined) return "";
  return device.capacity ? ` (${formats.number((level / device.capacity) * 100)} %)` : ` (${formats.number(level / 1000, 1)} kWh)`;
}

/** What holds in one step; at the same time the key to the chart's colours. */
export function readout(plan: Plan, at: number, colors: string[], formats: Formats, words: Localize): ReadItem[] {
  const step = plan.steps[at];
  if (!step) return [];
  const items: ReadItem[] = [];
  if (step.importPrice !== null) {
    const expected = step.known ? "" : ` (${words("price.forecast")})`;
    items.push({ name: words("price.import"), value: formats.price(step.importPrice) + expected, color: PRICE_COLOR, shape: step.known ? "line" : "dashes" });
  }
  items.push({ name: words("power.net"), value: formats.power(step.net), color: NET_COLOR, shape: "line" });
  if (step.importLimit !== null) {
    items.push({ name: words("power.limit_import"), value: formats.power(step.importLimit), color: LIMIT_COLOR, shape: "dashes" });
  }
  if (step.exportLimit !== null) {
    items.push({ name: words("power.limit_export"), value: formats.power(Math.abs(step.exportLimit)), color: LIMIT_COLOR, shape: "dashes" });
  }
  items.push({ name: words("power.base"), value: formats.power(step.base), color: BASE_COLOR, shape: "box" });
  plan.devices.forEach((device, order) => {
    items.push({
      name: device.name,
      value: formats.power(device.power[at] ?? 0) + levelText(device, at, formats),
      color: colors[order] ?? BASE_COLOR,
      shape: "box",
    });
  });
  return items;
}

export function table(plan: Plan, formats: Formats, words: Localize): TemplateResult {
  let day = "";
  return html`
    <div class="table" tabindex="0" role="region" aria-label=${words("table.caption")}>
      <table>
        <caption>${words("table.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">${words("table.time")}</th>
            <th scope="col">${words("price.import")}<small>${plan.currency}/kWh</small></th>
            <th scope="col">${words("power.net")}<small>W</small></th>
            <th scope="col">${words("power.base")}<small>W</small></th>
            ${plan.devices.map((device) => html`<th scope="col">${device.name}<small>W</small></th>`)}
          </tr>
        </thead>
        <tbody>
          ${plan.steps.map((step, at) => {
            const today = formats.day(step.start);
            const head = today === day ? "" : today;
            day = today;
            return html`
              ${head ? html`<tr class="day"><th scope="rowgroup" colspan=${4 + plan.devices.length}>${head}</th></tr>` : ""}
              <tr>
                <th scope="row">${formats.range(step.start, step.end)}</th>
                <td>${step.importPrice === null ? "–" : formats.number(step.importPrice, 3)}${step.known ? "" : "*"}</td>
                <td>${formats.number(step.net)}</td>
                <td>${formats.number(step.base)}</td>
                ${plan.devices.map((device) => html`<td>${formats.number(device.power[at] ?? 0)}${levelText(device, at, formats)}</td>`)}
              </tr>
            `;
          })}
        </tbody>
      </table>
      ${plan.steps.every((step) => step.known) ? "" : html`<p>* ${words("price.forecast")}</p>`}
    </div>
  `;
}
