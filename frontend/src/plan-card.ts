// The plan card: keeps what was read, decides when to draw, lets mouse, finger and keyboard read a step.
import { LitElement, html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { drawChart } from "./chart";
import { deviceColors } from "./colors";
import { DOMAIN, findSite, type Site } from "./entities";
import { layOut, type Geometry } from "./geometry";
import { formatsOf, localizer, type Formats, type Localize } from "./i18n";
import { cut, plannedEntities, readPlan, stepAt, type Plan, type Step } from "./plan";
import { readout, table } from "./reading";
import { styles } from "./styles";
import { summary } from "./summary";
import type { Hass } from "./types";

export interface PlanCardConfig {
  type: string;
  entry_id?: string;
  title?: string;
  hours?: number;
  /** Ids of the devices that are shown; without it all. */
  devices?: string[];
}

/** The connection point with only some of its devices; an empty list chooses all. */
function chosen(site: Site | undefined, devices: readonly string[] = []): Site | undefined {
  return site && devices.length ? { ...site, devices: site.devices.filter(({ id }) => devices.includes(id)) } : site;
}

const HOUR = 3_600_000;
const TICK = 30_000;
const RANGES = [12, 24, 48] as const;

export class CemPlanCard extends LitElement {
  static override styles = styles;

  static override properties = {
    _config: { state: true },
    _width: { state: true },
    _selected: { state: true },
    _table: { state: true },
    _hours: { state: true },
    _now: { state: true },
    _data: { state: true },
  };

  declare _config: PlanCardConfig | undefined;
  declare _width: number;
  declare _selected: number | null;
  declare _table: boolean;
  declare _hours: number | null;
  declare _now: number;
  /** Changes when anything of Home Assistant changes that the card shows. */
  declare _data: object | undefined;

  private _hass: Hass | undefined;
  private _site: Site | undefined;
  private _whole: Plan | undefined;
  private _plan: Plan | undefined;
  private _geometry: Geometry | undefined;
  private _formats: Formats | undefined;
  private _words: Localize = localizer("en");
  private _onScreen = true;
  private _resize: ResizeObserver | undefined;
  private _intersection: IntersectionObserver | undefined;
  private _timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this._width = 0;
    this._selected = null;
    this._table = false;
    this._hours = null;
    this._now = Date.now();
  }

  // ------------------------------------------------------------------ what dashboards ask of a card

  static getStubConfig(hass: Hass): Omit<PlanCardConfig, "type"> {
    const site = findSite(hass);
    return site ? { entry_id: site.entryId } : {};
  }

  static getConfigForm(): unknown {
    return {
      schema: [
        { name: "entry_id", selector: { config_entry: { integration: DOMAIN } } },
        { name: "title", selector: { text: {} } },
        { name: "hours", selector: { number: { min: 6, max: 72, step: 1, mode: "box", unit_of_measurement: "h" } } },
        { name: "devices", selector: { device: { multiple: true, filter: { integration: DOMAIN } } } },
      ],
      computeLabel: (schema: { name: string }) => {
        const words = localizer(document.documentElement.lang || navigator.language);
        const { name } = schema;
        return name === "entry_id" || name === "title" || name === "hours" || name === "devices" ? words(`editor.${name}`) : undefined;
      },
    };
  }

  getCardSize(): number {
    return 12;
  }

  getGridOptions(): Record<string, unknown> {
    return { columns: "full", min_columns: 6, rows: "auto" };
  }

  setConfig(config: PlanCardConfig): void {
    if (config.hours !== undefined && !(config.hours >= 1 && config.hours <= 168)) {
      throw new Error("hours: a number from 1 to 168");
    }
    const { devices } = config;
    if (devices !== undefined && !(Array.isArray(devices) && devices.every((id) => typeof id === "string"))) {
      throw new Error("devices: a list of device ids");
    }
    this._config = config;
    this._hours = config.hours ?? null;
    this._site = undefined;
    this._data = {};
  }

  get hass(): Hass | undefined {
    return this._hass;
  }

  set hass(hass: Hass | undefined) {
    const before = this._hass;
    this._hass = hass;
    if (!hass) return;
    if (!before || before.entities !== hass.entities || before.devices !== hass.devices) this._site = undefined;
    if (this._site && before && before.locale === hass.locale && before.language === hass.language) {
      const changed = plannedEntities(this._site).some((id) => before.states[id] !== hass.states[id]);
      if (!changed) return;
    }
    this._data = {};
  }

  // ------------------------------------------------------------------ when to work

  override connectedCallback(): void {
    super.connectedCallback();
    this._resize = new ResizeObserver(([entry]) => {
      if (entry) this._width = Math.round(entry.contentRect.width);
    });
    this._resize.observe(this);
    if (typeof IntersectionObserver !== "undefined") {
      this._intersection = new IntersectionObserver((entries) => {
        this._onScreen = entries.at(-1)?.isIntersecting ?? true;
        if (this._onScreen) this._wake();
      });
      this._intersection.observe(this);
    }
    document.addEventListener("visibilitychange", this._wake);
    this._timer = setInterval(this._wake, TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this._resize?.disconnect();
    this._intersection?.disconnect();
    document.removeEventListener("visibilitychange", this._wake);
    clearInterval(this._timer);
  }

  private _wake = (): void => {
    if (this._hidden) return;
    this._now = Date.now();
    this.requestUpdate();
  };

  private get _hidden(): boolean {
    return document.hidden || !this._onScreen;
  }

  protected override shouldUpdate(): boolean {
    return !this._hidden || !this.hasUpdated;
  }

  private get _shownHours(): number {
    return this._hours ?? (this._width && this._width < 520 ? 24 : 48);
  }

  // What changed while hidden is found by comparing with what was last drawn, not by the list of changes.
  private _drawn: unknown[] = [];

  protected override willUpdate(_changes: PropertyValues): void {
    const hass = this._hass;
    const inputs = [this._config, this._width, this._hours, this._now, this._data];
    if (!hass || !this._config || inputs.every((value, at) => value === this._drawn[at])) return;
    if (this._data !== this._drawn[4] || this._config !== this._drawn[0]) {
      this._site ??= chosen(findSite(hass, this._config.entry_id), this._config.devices);
      this._words = localizer(hass.language);
      this._whole = this._site && readPlan(hass, this._site);
      this._formats = formatsOf(hass, this._whole?.currency ?? "");
    }
    this._drawn = inputs;
    const whole = this._whole;
    const selected = this._selected === null ? undefined : this._plan?.steps[this._selected]?.start;
    this._plan = whole && cut(whole, this._now, this._now + this._shownHours * HOUR);
    const { _plan: plan } = this;
    this._geometry =
      plan?.steps.length && this._width && this._formats ? layOut(plan, this._width - 32, this._now, this._formats) : undefined;
    if (selected !== undefined) {
      const at = plan?.steps.findIndex((step) => step.start === selected) ?? -1;
      this._selected = at < 0 ? null : at;
    }
  }

  // ------------------------------------------------------------------ drawing

  protected override render(): TemplateResult | typeof nothing {
    const words = this._words;
    const { _plan: plan, _formats: formats } = this;
    if (!this._hass || !this._config) return nothing;
    if (!this._site || !plan || !formats) {
      return html`<ha-card><div class="message"><b>${words("empty.title")}</b><span>${words("empty.text")}</span></div></ha-card>`;
    }
    return html`
      <ha-card>
        ${this._header(plan, formats)}
        ${plan.steps.length ? this._body(plan, formats) : html`<div class="message">${this._statusText(plan, formats)}</div>`}
      </ha-card>
    `;
  }

  private _statusText(plan: Plan, formats: Formats): string {
    const words = this._words;
    if (plan.status === "stale") return words("plan.stale");
    if (plan.status === "failed") return words("plan.failed");
    if (!plan.steps.length || plan.created === null) return words("plan.waiting");
    return words("plan.made", { time: formats.time(plan.created) });
  }

  private _header(plan: Plan, formats: Formats): TemplateResult {
    const words = this._words;
    const trouble = plan.status === "stale" || plan.status === "failed";
    const whole = this._whole?.steps ?? [];
    const horizon = whole.length ? ((whole.at(-1) as Step).end - this._now) / HOUR : 0;
    const ranges = RANGES.filter((hours) => hours <= horizon + 2);
    return html`
      <div class="header">
        <div class="heading">
          <h2>${this._config?.title ?? words("card.name")}</h2>
          <div class="status">
            ${plan.phase
              ? html`<span class="phase"><i class="dot ${plan.phase}"></i>${words("phase.title")}: ${words(`phase.${plan.phase}`)}</span>`
              : nothing}
            <span class=${trouble ? "trouble" : ""}>${this._statusText(plan, formats)}</span>
          </div>
        </div>
        <div class="tools">
          ${ranges.length > 1
            ? html`<div class="ranges" role="group" aria-label=${words("range.label")}>
                ${ranges.map(
                  (hours) =>
                    html`<button type="button" aria-pressed=${hours === this._shownHours} @click=${() => (this._hours = hours)}>${hours} h</button>`,
                )}
              </div>`
            : nothing}
          <button
            type="button"
            class="icon"
            aria-pressed=${this._table}
            aria-label=${words(this._table ? "table.hide" : "table.show")}
            title=${words(this._table ? "table.hide" : "table.show")}
            @click=${() => (this._table = !this._table)}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M5,4H19A2,2 0 0,1 21,6V18A2,2 0 0,1 19,20H5A2,2 0 0,1 3,18V6A2,2 0 0,1 5,4M5,8V12H11V8H5M13,8V12H19V8H13M5,14V18H11V14H5M13,14V18H19V14H13Z"></path>
            </svg>
          </button>
        </div>
      </div>
    `;
  }

  private _body(plan: Plan, formats: Formats): TemplateResult | typeof nothing {
    const words = this._words;
    const colors = deviceColors(plan.devices);
    if (this._table) return table(plan, formats, words);
    const geometry = this._geometry;
    if (!geometry) return html`<div class="chart"></div>`;
    const shown = this._selected ?? stepAt(plan.steps, this._now);
    const step = plan.steps[shown];
    if (!step) return nothing;
    const text = readout(plan, shown, colors, formats, words);
    return html`
      <div class="readout">
        <span class="when">
          ${this._selected === null ? words("now") : `${formats.shortDay(step.start)} ${formats.range(step.start, step.end)}`}
        </span>
        ${text.map(
          (item) => html`<span class="item"><i class=${item.shape} style="--color: ${item.color}"></i>${item.name} <b>${item.value}</b></span>`,
        )}
      </div>
      <div class="chart" style="height: ${geometry.height}px">
        <svg
          role="img"
          aria-label=${summary(plan, formats, words)}
          width=${geometry.width}
          height=${geometry.height}
          viewBox="0 0 ${geometry.width} ${geometry.height}"
        >
          ${this._selected === null ? nothing : this._marker(geometry, step)}
          ${drawChart({ geometry, colors, currency: plan.currency, now: this._now, formats, words })}
        </svg>
        <div
          class="reader"
          style="left: ${geometry.left}px; width: ${geometry.right - geometry.left}px"
          role="slider"
          tabindex="0"
          aria-label=${words("slider.label")}
          aria-valuemin="0"
          aria-valuemax=${plan.steps.length - 1}
          aria-valuenow=${shown}
          aria-valuetext=${`${formats.range(step.start, step.end)}: ${text.map((item) => `${item.name} ${item.value}`).join(", ")}`}
          @pointermove=${this._onPointer}
          @pointerdown=${this._onPointer}
          @pointerleave=${this._onLeave}
          @keydown=${this._onKey}
        ></div>
      </div>
    `;
  }

  private _marker(geometry: Geometry, step: Step): TemplateResult {
    const from = geometry.x(step.start);
    const to = geometry.x(step.end);
    const width = Math.max(to - from, 2);
    return svg`<rect class="marker" x=${(from + to - width) / 2} y="0" width=${width} height=${geometry.height}></rect>` as TemplateResult;
  }

  // ------------------------------------------------------------------ reading a step

  private _onPointer = (event: PointerEvent): void => {
    const { _geometry: geometry, _plan: plan } = this;
    if (!geometry || !plan) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(box.width, 1);
    const [from, to] = geometry.x.domain;
    this._selected = stepAt(plan.steps, from + Math.min(Math.max(share, 0), 1) * (to - from));
  };

  private _onLeave = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") this._selected = null;
  };

  private _onKey = (event: KeyboardEvent): void => {
    const steps = this._plan?.steps ?? [];
    const at = this._selected ?? stepAt(steps, this._now);
    const hour = (direction: number): number =>
      stepAt(steps, (steps[at]?.start ?? 0) + direction * HOUR);
    const moves: Record<string, () => number | null> = {
      ArrowRight: () => at + 1,
      ArrowUp: () => at + 1,
      ArrowLeft: () => at - 1,
      ArrowDown: () => at - 1,
      PageUp: () => hour(1),
      PageDown: () => hour(-1),
      Home: () => 0,
      End: () => steps.length - 1,
      Escape: () => null,
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const next = move();
    this._selected = next === null ? null : Math.min(Math.max(next, 0), steps.length - 1);
  };
}
