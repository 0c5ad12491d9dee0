const dt = {
  "card.name": "Energy plan",
  "card.description": "Price, planned power, limits and devices of a connection point",
  "strategy.name": "Customer energy manager",
  "strategy.description": "Plan, devices and grid of your connection point",
  "view.plan": "Now & plan",
  "view.devices": "Devices",
  "view.grid": "Grid",
  "heading.connection": "Connection point",
  "heading.costs": "Costs and next start",
  "heading.devices": "Devices",
  "heading.signals": "Signals and limits",
  "heading.power": "Power at the connection point",
  "heading.decisions": "Decisions",
  "heading.calendar": "Planned runs",
  "confirm.start": "Start {name} now?",
  "confirm.cancel": "Withdraw the planned run of {name}?",
  "empty.title": "No connection point",
  "empty.text": "Add the integration “Customer Energy Manager” under Settings, Devices & services; this dashboard then fills by itself.",
  "plan.waiting": "Waiting for the first plan",
  "plan.stale": "The plan is out of date",
  "plan.failed": "Planning failed",
  "plan.made": "Plan of {time}",
  "phase.title": "Grid",
  "phase.green": "green",
  "phase.yellow": "yellow",
  "phase.red": "red",
  "phase.black": "black",
  "price.import": "Price",
  "price.export": "Feed-in",
  "price.forecast": "expected",
  "power.net": "Net power",
  "power.base": "Base load",
  "power.limit_import": "Import limit",
  "power.limit_export": "Export limit",
  "level.title": "Level",
  "axis.price": "Price, {unit}",
  "axis.power": "Power, kW",
  "axis.power_hint": "▲ consumption   ▼ generation",
  "axis.level": "Level, %",
  "axis.level_kwh": "Level, kWh",
  "row.deadline": "ready by {time}",
  "row.nothing": "nothing planned",
  now: "Now",
  "range.label": "Hours shown",
  "table.show": "Show as a table",
  "table.hide": "Show the chart",
  "table.caption": "The plan, step by step",
  "table.time": "Time",
  "slider.label": "Read the plan step by step",
  "summary.title": "Energy plan from {start} to {end}.",
  "summary.price": "The price goes from {low} ({lowTime}) to {high} ({highTime}).",
  "summary.net": "Net power is highest with {high} at {highTime} and lowest with {low} at {lowTime}.",
  "summary.device": "{name}: {runs}.",
  "editor.entry_id": "Connection point",
  "editor.title": "Title",
  "editor.hours": "Hours shown",
  "editor.devices": "Only these devices"
}, te = {
  "card.name": "Energieplan",
  "card.description": "Preis, geplante Leistung, Grenzen und Geräte eines Netzanschlusses",
  "strategy.name": "Kunden-Energiemanager",
  "strategy.description": "Plan, Geräte und Netz Ihres Anschlusses",
  "view.plan": "Jetzt & Plan",
  "view.devices": "Geräte",
  "view.grid": "Netz",
  "heading.connection": "Netzanschluss",
  "heading.costs": "Kosten und nächster Start",
  "heading.devices": "Geräte",
  "heading.signals": "Signale und Grenzen",
  "heading.power": "Leistung am Netzanschluss",
  "heading.decisions": "Entscheidungen",
  "heading.calendar": "Geplante Läufe",
  "confirm.start": "{name} jetzt starten?",
  "confirm.cancel": "Den geplanten Lauf von {name} zurückziehen?",
  "empty.title": "Kein Netzanschluss",
  "empty.text": "Fügen Sie unter Einstellungen, Geräte & Dienste die Integration „Customer Energy Manager“ hinzu; diese Übersicht füllt sich dann von selbst.",
  "plan.waiting": "Der erste Plan kommt gleich",
  "plan.stale": "Der Plan ist veraltet",
  "plan.failed": "Die Planung ist gescheitert",
  "plan.made": "Plan von {time}",
  "phase.title": "Netz",
  "phase.green": "grün",
  "phase.yellow": "gelb",
  "phase.red": "rot",
  "phase.black": "schwarz",
  "price.import": "Preis",
  "price.export": "Einspeisung",
  "price.forecast": "erwartet",
  "power.net": "Netzleistung",
  "power.base": "Grundlast",
  "power.limit_import": "Bezugsgrenze",
  "power.limit_export": "Einspeisegrenze",
  "level.title": "Füllstand",
  "axis.price": "Preis, {unit}",
  "axis.power": "Leistung, kW",
  "axis.power_hint": "▲ Verbrauch   ▼ Erzeugung",
  "axis.level": "Füllstand, %",
  "axis.level_kwh": "Füllstand, kWh",
  "row.deadline": "fertig bis {time}",
  "row.nothing": "nichts geplant",
  now: "Jetzt",
  "range.label": "Gezeigte Stunden",
  "table.show": "Als Tabelle zeigen",
  "table.hide": "Als Bild zeigen",
  "table.caption": "Der Plan Schritt für Schritt",
  "table.time": "Zeit",
  "slider.label": "Den Plan Schritt für Schritt lesen",
  "summary.title": "Energieplan von {start} bis {end}.",
  "summary.price": "Der Preis liegt zwischen {low} ({lowTime}) und {high} ({highTime}).",
  "summary.net": "Die Netzleistung ist am höchsten mit {high} um {highTime}, am niedrigsten mit {low} um {lowTime}.",
  "summary.device": "{name}: {runs}.",
  "editor.entry_id": "Netzanschluss",
  "editor.title": "Titel",
  "editor.hours": "Gezeigte Stunden",
  "editor.devices": "Nur diese Geräte"
}, At = { en: dt, de: te };
function F(i) {
  const t = i ?? "en", e = At[t] ?? At[t.split("-")[0] ?? "en"] ?? dt;
  return (n, s = {}) => (e[n] ?? dt[n]).replace(/\{(\w+)\}/g, (r, o) => {
    const a = s[o];
    return a === void 0 ? r : String(a);
  });
}
const ee = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"]
};
function ne(i) {
  if (i.number_format !== "system")
    return i.number_format === "none" ? "en-US" : ee[i.number_format] ?? i.language;
}
function ie(i, t) {
  const { locale: e } = i, n = e.time_zone === "server" ? i.config.time_zone : se(), s = ne(e), r = e.number_format !== "none", o = re(e), a = e.time_format === "system" ? void 0 : e.language, l = o ? { hour: "numeric", hourCycle: "h12" } : { hour: "2-digit", hourCycle: "h23" }, h = new Intl.DateTimeFormat(a, { ...l, minute: "2-digit", timeZone: n }), d = o ? new Intl.DateTimeFormat(a, { ...l, timeZone: n }) : h, c = new Intl.DateTimeFormat(e.language, { weekday: "short", day: "numeric", month: "short", timeZone: n }), p = new Intl.DateTimeFormat(e.language, { weekday: "short", timeZone: n }), y = /* @__PURE__ */ new Map(), $ = (m, f = 0) => {
    let v = y.get(f);
    v || (v = new Intl.NumberFormat(s, {
      minimumFractionDigits: f,
      maximumFractionDigits: f,
      useGrouping: r
    }), y.set(f, v));
    const b = v.format(m);
    return /[1-9]/.test(b) ? b : b.replace(/^[-−]/, "");
  };
  return {
    timeZone: n,
    number: $,
    power: (m) => Math.abs(m) < 1e3 ? `${$(m)} W` : `${$(m / 1e3, Math.round(m / 100) % 10 ? 1 : 0)} kW`,
    price: (m) => `${$(m, 3)} ${t}/kWh`,
    time: (m) => h.format(m),
    hour: (m) => d.format(m),
    day: (m) => c.format(m),
    shortDay: (m) => p.format(m),
    range: (m, f) => `${h.format(m)} – ${h.format(f)}`
  };
}
function se() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
function re(i) {
  if (i.time_format === "12") return !0;
  if (i.time_format === "24") return !1;
  const t = i.time_format === "system" ? void 0 : i.language;
  return new Intl.DateTimeFormat(t, { hour: "numeric" }).resolvedOptions().hour12 ?? !1;
}
/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const X = globalThis, ft = X.ShadowRoot && (X.ShadyCSS === void 0 || X.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, gt = /* @__PURE__ */ Symbol(), kt = /* @__PURE__ */ new WeakMap();
let Rt = class {
  constructor(t, e, n) {
    if (this._$cssResult$ = !0, n !== gt) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
    this.cssText = t, this.t = e;
  }
  get styleSheet() {
    let t = this.o;
    const e = this.t;
    if (ft && t === void 0) {
      const n = e !== void 0 && e.length === 1;
      n && (t = kt.get(e)), t === void 0 && ((this.o = t = new CSSStyleSheet()).replaceSync(this.cssText), n && kt.set(e, t));
    }
    return t;
  }
  toString() {
    return this.cssText;
  }
};
const oe = (i) => new Rt(typeof i == "string" ? i : i + "", void 0, gt), ae = (i, ...t) => {
  const e = i.length === 1 ? i[0] : t.reduce((n, s, r) => n + ((o) => {
    if (o._$cssResult$ === !0) return o.cssText;
    if (typeof o == "number") return o;
    throw Error("Value passed to 'css' function must be a 'css' function result: " + o + ". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.");
  })(s) + i[r + 1], i[0]);
  return new Rt(e, i, gt);
}, le = (i, t) => {
  if (ft) i.adoptedStyleSheets = t.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
  else for (const e of t) {
    const n = document.createElement("style"), s = X.litNonce;
    s !== void 0 && n.setAttribute("nonce", s), n.textContent = e.cssText, i.appendChild(n);
  }
}, Et = ft ? (i) => i : (i) => i instanceof CSSStyleSheet ? ((t) => {
  let e = "";
  for (const n of t.cssRules) e += n.cssText;
  return oe(e);
})(i) : i;
/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const { is: ce, defineProperty: he, getOwnPropertyDescriptor: de, getOwnPropertyNames: pe, getOwnPropertySymbols: ue, getPrototypeOf: me } = Object, ot = globalThis, St = ot.trustedTypes, fe = St ? St.emptyScript : "", ge = ot.reactiveElementPolyfillSupport, V = (i, t) => i, pt = { toAttribute(i, t) {
  switch (t) {
    case Boolean:
      i = i ? fe : null;
      break;
    case Object:
    case Array:
      i = i == null ? i : JSON.stringify(i);
  }
  return i;
}, fromAttribute(i, t) {
  let e = i;
  switch (t) {
    case Boolean:
      e = i !== null;
      break;
    case Number:
      e = i === null ? null : Number(i);
      break;
    case Object:
    case Array:
      try {
        e = JSON.parse(i);
      } catch {
        e = null;
      }
  }
  return e;
} }, It = (i, t) => !ce(i, t), Mt = { attribute: !0, type: String, converter: pt, reflect: !1, useDefault: !1, hasChanged: It };
Symbol.metadata ??= /* @__PURE__ */ Symbol("metadata"), ot.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
let H = class extends HTMLElement {
  static addInitializer(t) {
    this._$Ei(), (this.l ??= []).push(t);
  }
  static get observedAttributes() {
    return this.finalize(), this._$Eh && [...this._$Eh.keys()];
  }
  static createProperty(t, e = Mt) {
    if (e.state && (e.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(t) && ((e = Object.create(e)).wrapped = !0), this.elementProperties.set(t, e), !e.noAccessor) {
      const n = /* @__PURE__ */ Symbol(), s = this.getPropertyDescriptor(t, n, e);
      s !== void 0 && he(this.prototype, t, s);
    }
  }
  static getPropertyDescriptor(t, e, n) {
    const { get: s, set: r } = de(this.prototype, t) ?? { get() {
      return this[e];
    }, set(o) {
      this[e] = o;
    } };
    return { get: s, set(o) {
      const a = s?.call(this);
      r?.call(this, o), this.requestUpdate(t, a, n);
    }, configurable: !0, enumerable: !0 };
  }
  static getPropertyOptions(t) {
    return this.elementProperties.get(t) ?? Mt;
  }
  static _$Ei() {
    if (this.hasOwnProperty(V("elementProperties"))) return;
    const t = me(this);
    t.finalize(), t.l !== void 0 && (this.l = [...t.l]), this.elementProperties = new Map(t.elementProperties);
  }
  static finalize() {
    if (this.hasOwnProperty(V("finalized"))) return;
    if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(V("properties"))) {
      const e = this.properties, n = [...pe(e), ...ue(e)];
      for (const s of n) this.createProperty(s, e[s]);
    }
    const t = this[Symbol.metadata];
    if (t !== null) {
      const e = litPropertyMetadata.get(t);
      if (e !== void 0) for (const [n, s] of e) this.elementProperties.set(n, s);
    }
    this._$Eh = /* @__PURE__ */ new Map();
    for (const [e, n] of this.elementProperties) {
      const s = this._$Eu(e, n);
      s !== void 0 && this._$Eh.set(s, e);
    }
    this.elementStyles = this.finalizeStyles(this.styles);
  }
  static finalizeStyles(t) {
    const e = [];
    if (Array.isArray(t)) {
      const n = new Set(t.flat(1 / 0).reverse());
      for (const s of n) e.unshift(Et(s));
    } else t !== void 0 && e.push(Et(t));
    return e;
  }
  static _$Eu(t, e) {
    const n = e.attribute;
    return n === !1 ? void 0 : typeof n == "string" ? n : typeof t == "string" ? t.toLowerCase() : void 0;
  }
  constructor() {
    super(), this._$Ep = void 0, this.isUpdatePending = !1, this.hasUpdated = !1, this._$Em = null, this._$Ev();
  }
  _$Ev() {
    this._$ES = new Promise((t) => this.enableUpdating = t), this._$AL = /* @__PURE__ */ new Map(), this._$E_(), this.requestUpdate(), this.constructor.l?.forEach((t) => t(this));
  }
  addController(t) {
    (this._$EO ??= /* @__PURE__ */ new Set()).add(t), this.renderRoot !== void 0 && this.isConnected && t.hostConnected?.();
  }
  removeController(t) {
    this._$EO?.delete(t);
  }
  _$E_() {
    const t = /* @__PURE__ */ new Map(), e = this.constructor.elementProperties;
    for (const n of e.keys()) this.hasOwnProperty(n) && (t.set(n, this[n]), delete this[n]);
    t.size > 0 && (this._$Ep = t);
  }
  createRenderRoot() {
    const t = this.shadowRoot ?? this.attachShadow(this.constructor.shadowRootOptions);
    return le(t, this.constructor.elementStyles), t;
  }
  connectedCallback() {
    this.renderRoot ??= this.createRenderRoot(), this.enableUpdating(!0), this._$EO?.forEach((t) => t.hostConnected?.());
  }
  enableUpdating(t) {
  }
  disconnectedCallback() {
    this._$EO?.forEach((t) => t.hostDisconnected?.());
  }
  attributeChangedCallback(t, e, n) {
    this._$AK(t, n);
  }
  _$ET(t, e) {
    const n = this.constructor.elementProperties.get(t), s = this.constructor._$Eu(t, n);
    if (s !== void 0 && n.reflect === !0) {
      const r = (n.converter?.toAttribute !== void 0 ? n.converter : pt).toAttribute(e, n.type);
      this._$Em = t, r == null ? this.removeAttribute(s) : this.setAttribute(s, r), this._$Em = null;
    }
  }
  _$AK(t, e) {
    const n = this.constructor, s = n._$Eh.get(t);
    if (s !== void 0 && this._$Em !== s) {
      const r = n.getPropertyOptions(s), o = typeof r.converter == "function" ? { fromAttribute: r.converter } : r.converter?.fromAttribute !== void 0 ? r.converter : pt;
      this._$Em = s;
      const a = o.fromAttribute(e, r.type);
      this[s] = a ?? this._$Ej?.get(s) ?? a, this._$Em = null;
    }
  }
  requestUpdate(t, e, n, s = !1, r) {
    if (t !== void 0) {
      const o = this.constructor;
      if (s === !1 && (r = this[t]), n ??= o.getPropertyOptions(t), !((n.hasChanged ?? It)(r, e) || n.useDefault && n.reflect && r === this._$Ej?.get(t) && !this.hasAttribute(o._$Eu(t, n)))) return;
      this.C(t, e, n);
    }
    this.isUpdatePending === !1 && (this._$ES = this._$EP());
  }
  C(t, e, { useDefault: n, reflect: s, wrapped: r }, o) {
    n && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(t) && (this._$Ej.set(t, o ?? e ?? this[t]), r !== !0 || o !== void 0) || (this._$AL.has(t) || (this.hasUpdated || n || (e = void 0), this._$AL.set(t, e)), s === !0 && this._$Em !== t && (this._$Eq ??= /* @__PURE__ */ new Set()).add(t));
  }
  async _$EP() {
    this.isUpdatePending = !0;
    try {
      await this._$ES;
    } catch (e) {
      Promise.reject(e);
    }
    const t = this.scheduleUpdate();
    return t != null && await t, !this.isUpdatePending;
  }
  scheduleUpdate() {
    return this.performUpdate();
  }
  performUpdate() {
    if (!this.isUpdatePending) return;
    if (!this.hasUpdated) {
      if (this.renderRoot ??= this.createRenderRoot(), this._$Ep) {
        for (const [s, r] of this._$Ep) this[s] = r;
        this._$Ep = void 0;
      }
      const n = this.constructor.elementProperties;
      if (n.size > 0) for (const [s, r] of n) {
        const { wrapped: o } = r, a = this[s];
        o !== !0 || this._$AL.has(s) || a === void 0 || this.C(s, void 0, r, a);
      }
    }
    let t = !1;
    const e = this._$AL;
    try {
      t = this.shouldUpdate(e), t ? (this.willUpdate(e), this._$EO?.forEach((n) => n.hostUpdate?.()), this.update(e)) : this._$EM();
    } catch (n) {
      throw t = !1, this._$EM(), n;
    }
    t && this._$AE(e);
  }
  willUpdate(t) {
  }
  _$AE(t) {
    this._$EO?.forEach((e) => e.hostUpdated?.()), this.hasUpdated || (this.hasUpdated = !0, this.firstUpdated(t)), this.updated(t);
  }
  _$EM() {
    this._$AL = /* @__PURE__ */ new Map(), this.isUpdatePending = !1;
  }
  get updateComplete() {
    return this.getUpdateComplete();
  }
  getUpdateComplete() {
    return this._$ES;
  }
  shouldUpdate(t) {
    return !0;
  }
  update(t) {
    this._$Eq &&= this._$Eq.forEach((e) => this._$ET(e, this[e])), this._$EM();
  }
  updated(t) {
  }
  firstUpdated(t) {
  }
};
H.elementStyles = [], H.shadowRootOptions = { mode: "open" }, H[V("elementProperties")] = /* @__PURE__ */ new Map(), H[V("finalized")] = /* @__PURE__ */ new Map(), ge?.({ ReactiveElement: H }), (ot.reactiveElementVersions ??= []).push("2.1.2");
/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const _t = globalThis, Pt = (i) => i, tt = _t.trustedTypes, Ct = tt ? tt.createPolicy("lit-html", { createHTML: (i) => i }) : void 0, jt = "$lit$", M = `lit$${Math.random().toFixed(9).slice(2)}$`, Ft = "?" + M, _e = `<${Ft}>`, U = document, G = () => U.createComment(""), K = (i) => i === null || typeof i != "object" && typeof i != "function", $t = Array.isArray, $e = (i) => $t(i) || typeof i?.[Symbol.iterator] == "function", ct = `[ 	
\f\r]`, j = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, Tt = /-->/g, zt = />/g, z = RegExp(`>|${ct}(?:([^\\s"'>=/]+)(${ct}*=${ct}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`, "g"), Ot = /'/g, Nt = /"/g, Vt = /^(?:script|style|textarea|title)$/i, Wt = (i) => (t, ...e) => ({ _$litType$: i, strings: t, values: e }), x = Wt(1), w = Wt(2), D = /* @__PURE__ */ Symbol.for("lit-noChange"), _ = /* @__PURE__ */ Symbol.for("lit-nothing"), Lt = /* @__PURE__ */ new WeakMap(), O = U.createTreeWalker(U, 129);
function Bt(i, t) {
  if (!$t(i) || !i.hasOwnProperty("raw")) throw Error("invalid template strings array");
  return Ct !== void 0 ? Ct.createHTML(t) : t;
}
const ye = (i, t) => {
  const e = i.length - 1, n = [];
  let s, r = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = j;
  for (let a = 0; a < e; a++) {
    const l = i[a];
    let h, d, c = -1, p = 0;
    for (; p < l.length && (o.lastIndex = p, d = o.exec(l), d !== null); ) p = o.lastIndex, o === j ? d[1] === "!--" ? o = Tt : d[1] !== void 0 ? o = zt : d[2] !== void 0 ? (Vt.test(d[2]) && (s = RegExp("</" + d[2], "g")), o = z) : d[3] !== void 0 && (o = z) : o === z ? d[0] === ">" ? (o = s ?? j, c = -1) : d[1] === void 0 ? c = -2 : (c = o.lastIndex - d[2].length, h = d[1], o = d[3] === void 0 ? z : d[3] === '"' ? Nt : Ot) : o === Nt || o === Ot ? o = z : o === Tt || o === zt ? o = j : (o = z, s = void 0);
    const y = o === z && i[a + 1].startsWith("/>") ? " " : "";
    r += o === j ? l + _e : c >= 0 ? (n.push(h), l.slice(0, c) + jt + l.slice(c) + M + y) : l + M + (c === -2 ? a : y);
  }
  return [Bt(i, r + (i[e] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), n];
};
class Z {
  constructor({ strings: t, _$litType$: e }, n) {
    let s;
    this.parts = [];
    let r = 0, o = 0;
    const a = t.length - 1, l = this.parts, [h, d] = ye(t, e);
    if (this.el = Z.createElement(h, n), O.currentNode = this.el.content, e === 2 || e === 3) {
      const c = this.el.content.firstChild;
      c.replaceWith(...c.childNodes);
    }
    for (; (s = O.nextNode()) !== null && l.length < a; ) {
      if (s.nodeType === 1) {
        if (s.hasAttributes()) for (const c of s.getAttributeNames()) if (c.endsWith(jt)) {
          const p = d[o++], y = s.getAttribute(c).split(M), $ = /([.?@])?(.*)/.exec(p);
          l.push({ type: 1, index: r, name: $[2], strings: y, ctor: $[1] === "." ? we : $[1] === "?" ? be : $[1] === "@" ? xe : at }), s.removeAttribute(c);
        } else c.startsWith(M) && (l.push({ type: 6, index: r }), s.removeAttribute(c));
        if (Vt.test(s.tagName)) {
          const c = s.textContent.split(M), p = c.length - 1;
          if (p > 0) {
            s.textContent = tt ? tt.emptyScript : "";
            for (let y = 0; y < p; y++) s.append(c[y], G()), O.nextNode(), l.push({ type: 2, index: ++r });
            s.append(c[p], G());
          }
        }
      } else if (s.nodeType === 8) if (s.data === Ft) l.push({ type: 2, index: r });
      else {
        let c = -1;
        for (; (c = s.data.indexOf(M, c + 1)) !== -1; ) l.push({ type: 7, index: r }), c += M.length - 1;
      }
      r++;
    }
  }
  static createElement(t, e) {
    const n = U.createElement("template");
    return n.innerHTML = t, n;
  }
}
function R(i, t, e = i, n) {
  if (t === D) return t;
  let s = n !== void 0 ? e._$Co?.[n] : e._$Cl;
  const r = K(t) ? void 0 : t._$litDirective$;
  return s?.constructor !== r && (s?._$AO?.(!1), r === void 0 ? s = void 0 : (s = new r(i), s._$AT(i, e, n)), n !== void 0 ? (e._$Co ??= [])[n] = s : e._$Cl = s), s !== void 0 && (t = R(i, s._$AS(i, t.values), s, n)), t;
}
class ve {
  constructor(t, e) {
    this._$AV = [], this._$AN = void 0, this._$AD = t, this._$AM = e;
  }
  get parentNode() {
    return this._$AM.parentNode;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  u(t) {
    const { el: { content: e }, parts: n } = this._$AD, s = (t?.creationScope ?? U).importNode(e, !0);
    O.currentNode = s;
    let r = O.nextNode(), o = 0, a = 0, l = n[0];
    for (; l !== void 0; ) {
      if (o === l.index) {
        let h;
        l.type === 2 ? h = new q(r, r.nextSibling, this, t) : l.type === 1 ? h = new l.ctor(r, l.name, l.strings, this, t) : l.type === 6 && (h = new Ae(r, this, t)), this._$AV.push(h), l = n[++a];
      }
      o !== l?.index && (r = O.nextNode(), o++);
    }
    return O.currentNode = U, s;
  }
  p(t) {
    let e = 0;
    for (const n of this._$AV) n !== void 0 && (n.strings !== void 0 ? (n._$AI(t, n, e), e += n.strings.length - 2) : n._$AI(t[e])), e++;
  }
}
class q {
  get _$AU() {
    return this._$AM?._$AU ?? this._$Cv;
  }
  constructor(t, e, n, s) {
    this.type = 2, this._$AH = _, this._$AN = void 0, this._$AA = t, this._$AB = e, this._$AM = n, this.options = s, this._$Cv = s?.isConnected ?? !0;
  }
  get parentNode() {
    let t = this._$AA.parentNode;
    const e = this._$AM;
    return e !== void 0 && t?.nodeType === 11 && (t = e.parentNode), t;
  }
  get startNode() {
    return this._$AA;
  }
  get endNode() {
    return this._$AB;
  }
  _$AI(t, e = this) {
    t = R(this, t, e), K(t) ? t === _ || t == null || t === "" ? (this._$AH !== _ && this._$AR(), this._$AH = _) : t !== this._$AH && t !== D && this._(t) : t._$litType$ !== void 0 ? this.$(t) : t.nodeType !== void 0 ? this.T(t) : $e(t) ? this.k(t) : this._(t);
  }
  O(t) {
    return this._$AA.parentNode.insertBefore(t, this._$AB);
  }
  T(t) {
    this._$AH !== t && (this._$AR(), this._$AH = this.O(t));
  }
  _(t) {
    this._$AH !== _ && K(this._$AH) ? this._$AA.nextSibling.data = t : this.T(U.createTextNode(t)), this._$AH = t;
  }
  $(t) {
    const { values: e, _$litType$: n } = t, s = typeof n == "number" ? this._$AC(t) : (n.el === void 0 && (n.el = Z.createElement(Bt(n.h, n.h[0]), this.options)), n);
    if (this._$AH?._$AD === s) this._$AH.p(e);
    else {
      const r = new ve(s, this), o = r.u(this.options);
      r.p(e), this.T(o), this._$AH = r;
    }
  }
  _$AC(t) {
    let e = Lt.get(t.strings);
    return e === void 0 && Lt.set(t.strings, e = new Z(t)), e;
  }
  k(t) {
    $t(this._$AH) || (this._$AH = [], this._$AR());
    const e = this._$AH;
    let n, s = 0;
    for (const r of t) s === e.length ? e.push(n = new q(this.O(G()), this.O(G()), this, this.options)) : n = e[s], n._$AI(r), s++;
    s < e.length && (this._$AR(n && n._$AB.nextSibling, s), e.length = s);
  }
  _$AR(t = this._$AA.nextSibling, e) {
    for (this._$AP?.(!1, !0, e); t !== this._$AB; ) {
      const n = Pt(t).nextSibling;
      Pt(t).remove(), t = n;
    }
  }
  setConnected(t) {
    this._$AM === void 0 && (this._$Cv = t, this._$AP?.(t));
  }
}
class at {
  get tagName() {
    return this.element.tagName;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  constructor(t, e, n, s, r) {
    this.type = 1, this._$AH = _, this._$AN = void 0, this.element = t, this.name = e, this._$AM = s, this.options = r, n.length > 2 || n[0] !== "" || n[1] !== "" ? (this._$AH = Array(n.length - 1).fill(new String()), this.strings = n) : this._$AH = _;
  }
  _$AI(t, e = this, n, s) {
    const r = this.strings;
    let o = !1;
    if (r === void 0) t = R(this, t, e, 0), o = !K(t) || t !== this._$AH && t !== D, o && (this._$AH = t);
    else {
      const a = t;
      let l, h;
      for (t = r[0], l = 0; l < r.length - 1; l++) h = R(this, a[n + l], e, l), h === D && (h = this._$AH[l]), o ||= !K(h) || h !== this._$AH[l], h === _ ? t = _ : t !== _ && (t += (h ?? "") + r[l + 1]), this._$AH[l] = h;
    }
    o && !s && this.j(t);
  }
  j(t) {
    t === _ ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, t ?? "");
  }
}
class we extends at {
  constructor() {
    super(...arguments), this.type = 3;
  }
  j(t) {
    this.element[this.name] = t === _ ? void 0 : t;
  }
}
class be extends at {
  constructor() {
    super(...arguments), this.type = 4;
  }
  j(t) {
    this.element.toggleAttribute(this.name, !!t && t !== _);
  }
}
class xe extends at {
  constructor(t, e, n, s, r) {
    super(t, e, n, s, r), this.type = 5;
  }
  _$AI(t, e = this) {
    if ((t = R(this, t, e, 0) ?? _) === D) return;
    const n = this._$AH, s = t === _ && n !== _ || t.capture !== n.capture || t.once !== n.once || t.passive !== n.passive, r = t !== _ && (n === _ || s);
    s && this.element.removeEventListener(this.name, this, n), r && this.element.addEventListener(this.name, this, t), this._$AH = t;
  }
  handleEvent(t) {
    typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, t) : this._$AH.handleEvent(t);
  }
}
class Ae {
  constructor(t, e, n) {
    this.element = t, this.type = 6, this._$AN = void 0, this._$AM = e, this.options = n;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  _$AI(t) {
    R(this, t);
  }
}
const ke = _t.litHtmlPolyfillSupport;
ke?.(Z, q), (_t.litHtmlVersions ??= []).push("3.3.3");
const Ee = (i, t, e) => {
  const n = e?.renderBefore ?? t;
  let s = n._$litPart$;
  if (s === void 0) {
    const r = e?.renderBefore ?? null;
    n._$litPart$ = s = new q(t.insertBefore(G(), r), r, void 0, e ?? {});
  }
  return s._$AI(i), s;
};
/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const yt = globalThis;
class W extends H {
  constructor() {
    super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
  }
  createRenderRoot() {
    const t = super.createRenderRoot();
    return this.renderOptions.renderBefore ??= t.firstChild, t;
  }
  update(t) {
    const e = this.render();
    this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(t), this._$Do = Ee(e, this.renderRoot, this.renderOptions);
  }
  connectedCallback() {
    super.connectedCallback(), this._$Do?.setConnected(!0);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this._$Do?.setConnected(!1);
  }
  render() {
    return D;
  }
}
W._$litElement$ = !0, W.finalized = !0, yt.litElementHydrateSupport?.({ LitElement: W });
const Se = yt.litElementPolyfillSupport;
Se?.({ LitElement: W });
(yt.litElementVersions ??= []).push("4.2.2");
const I = "var(--state-inactive-color, #8a8f94)", B = "var(--primary-color, #009ac7)", Gt = "var(--primary-text-color, #212121)", et = "var(--error-color, #db4437)", Me = {
  pv: "var(--energy-solar-color, #ff9800)",
  battery: "var(--energy-battery-out-color, #4db6ac)"
}, Ut = [
  [1, "#4269d0"],
  [5, "#a463f2"],
  [6, "#ff8ab7"],
  [9, "#01ab63"],
  [7, "#9c6b4e"],
  [3, "#ff725c"],
  [8, "#97bbf5"]
];
function Pe(i) {
  let t = 0;
  const e = /* @__PURE__ */ new Set();
  return i.map(({ kind: n }) => {
    const s = Me[n];
    if (s && !e.has(n))
      return e.add(n), s;
    const [r, o] = Ut[t++ % Ut.length];
    return `var(--color-${r}, ${o})`;
  });
}
const Ce = {
  green: "var(--success-color, #43a047)",
  yellow: "var(--warning-color, #ffa600)",
  red: "var(--error-color, #db4437)",
  black: "var(--primary-text-color, #212121)"
};
function Te({ geometry: i, colors: t, currency: e, now: n, formats: s, words: r }) {
  return w`
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" stroke=${B} stroke-width="1.6" opacity="0.45"></line>
      </pattern>
    </defs>
    ${i.ticks.map((o) => w`
      <line class=${o.midnight ? "midnight" : "grid"} x1=${o.x} x2=${o.x} y1=${i.band.bottom + 4} y2=${i.height}></line>`)}
    ${i.band.pieces.map((o) => w`
      <rect x=${o.x} y=${i.band.top} width=${Math.max(o.width, 0)} height=${i.band.bottom - i.band.top} rx="3" fill=${o.color}></rect>`)}
    ${ze(i, e, r)}
    ${Oe(i, t, s, r)}
    ${Ne(i, t, r)}
    <g class="axis">
      ${i.ticks.map((o) => w`
        <text x=${o.x} y=${i.axisTop + 12} text-anchor="middle" class=${o.midnight ? "day" : ""}>${o.label}</text>`)}
    </g>
    ${i.rows.map((o, a) => Le(o, i, t[a] ?? I, s, r))}
    ${Ue(i, n)}
  `;
}
function vt(i, t, e, n = "") {
  return w`
    ${t.ticks.map((s) => w`
      <line class=${s.zero ? "zero" : "grid"} x1=${i.left} x2=${i.right} y1=${s.y} y2=${s.y}></line>
      <text class="tick" x=${i.left - 6} y=${s.y + 3.5} text-anchor="end">${s.label}</text>`)}
    <text class="title" x="0" y=${t.top - 10}>${e}${n ? w`<tspan class="hint" dx="10">${n}</tspan>` : _}</text>`;
}
function ze(i, t, e) {
  const { price: n } = i;
  return n ? w`
    ${vt(i, n, e("axis.price", { unit: `${t}/kWh` }))}
    <path class="price" d=${n.known} fill=${B} opacity="0.22"></path>
    <path d=${n.expected} fill="url(#hatch)"></path>
    <path class="line" d=${n.line} stroke=${B}></path>
    <path class="line expected" d=${n.expectedLine} stroke=${B}></path>
    <path class="line thin" d=${n.exportLine} stroke="var(--energy-grid-return-color, #8353d1)"></path>
    ${n.expectedFrom === null || i.right - n.expectedFrom < 56 ? _ : w`
      <text class="hint" x=${Math.max(n.expectedFrom, i.left) + 4} y=${n.top - 10}>${e("price.forecast")}</text>`}` : _;
}
function Oe(i, t, e, n) {
  const { power: s } = i;
  return w`
    ${vt(i, s, n("axis.power"), n("axis.power_hint"))}
    <path d=${s.base} fill=${I} opacity="0.55"></path>
    ${s.layers.map((r, o) => w`<path class="layer" d=${r} fill=${t[o] ?? I}></path>`)}
    <path class="line halo" d=${s.net}></path>
    <path class="line net" d=${s.net} stroke=${Gt}></path>
    <path class="line limit" d=${s.importLimit} stroke=${et}></path>
    <path class="line limit" d=${s.exportLimit} stroke=${et}></path>
    ${s.above === null ? _ : w`
      <text class="edge" x=${i.right} y=${s.top - 10} text-anchor="end">${i.narrow ? "" : n("power.limit_import")} ${e.power(s.above)} ↑</text>`}
    ${s.below === null ? _ : w`
      <text class="edge" x=${i.right} y=${s.bottom - 4} text-anchor="end">${n("power.limit_export")} ${e.power(s.below)} ↓</text>`}`;
}
function Ne(i, t, e) {
  return i.level ? w`
    ${vt(i, i.level, e(i.level.unit === "%" ? "axis.level" : "axis.level_kwh"))}
    ${i.level.lines.map(({ path: n, device: s }) => w`<path class="line level" d=${n} stroke=${t[s] ?? I}></path>`)}` : _;
}
function Le(i, t, e, n, s) {
  const { device: r } = i, { run: o } = r, a = [];
  o && a.push(n.range(o.start, o.end)), r.kind === "appliance" && !o && a.push(s("row.nothing"));
  const l = o?.deadline ?? r.deadline;
  return l !== null && i.deadline !== null && a.push(s("row.deadline", { time: n.time(l) })), w`
    <g class="row">
      <text class="name" x="0" y=${i.top - 5}><tspan>${r.name}</tspan><tspan class="hint" dx="8">${a.join(" · ")}</tspan></text>
      <rect class="track" x=${t.left} y=${i.top} width=${t.right - t.left} height=${i.bottom - i.top} rx="3"></rect>
      ${i.run === null ? _ : w`
        <rect class="run" x=${i.run.x} y=${i.top} width=${i.run.width} height=${i.bottom - i.top} rx="3" fill=${e} stroke=${e}></rect>`}
      <path d=${i.area} fill=${e}></path>
      ${i.baseline > i.top + 1 && i.baseline < i.bottom - 1 ? w`<line class="zero" x1=${t.left} x2=${t.right} y1=${i.baseline} y2=${i.baseline}></line>` : _}
      ${i.deadline === null ? _ : w`
        <line class="deadline" x1=${i.deadline} x2=${i.deadline} y1=${i.top - 2} y2=${i.bottom + 2}></line>
        <path class="flag" d="M${i.deadline} ${i.top - 2}l-6 3.5l6 3.5z"></path>`}
      <title>${r.name}: ${a.join(", ")}</title>
    </g>`;
}
function Ue(i, t) {
  if (t < i.x.domain[0] || t > i.x.domain[1]) return _;
  const e = i.x(t), n = [i.price, i.power, i.level, ...i.rows].filter((s) => s !== null);
  return w`
    ${n.map(({ top: s, bottom: r }) => w`<line class="now" x1=${e} x2=${e} y1=${s} y2=${r}></line>`)}
    <circle class="now-dot" cx=${e} cy=${i.band.top + 3} r="4.5"></circle>`;
}
const nt = "cem_sgcp", He = [
  "pv",
  "wind_turbine",
  "battery",
  "v2h_car",
  "ev_charger",
  "appliance",
  "switched_load",
  "water_pump",
  "ventilation",
  "lighting",
  "heat_pump",
  "hybrid_heating",
  "boiler",
  "solar_thermal",
  "radiator",
  "air_conditioning",
  "freezer",
  "chp",
  "fuel_cell",
  "generator",
  "load"
], ut = [...He, "other"];
function De(i) {
  const t = (i ?? "").replaceAll(" ", "_");
  return ut.includes(t) ? t : "other";
}
function Re(i) {
  const t = /* @__PURE__ */ new Map();
  for (const r of Object.values(i.entities)) {
    if (r.platform !== nt || !r.device_id || !r.translation_key || r.hidden) continue;
    const o = t.get(r.device_id) ?? {};
    o[r.translation_key] ??= r.entity_id, t.set(r.device_id, o);
  }
  const e = [], n = [];
  for (const [r, o] of t) {
    const a = i.devices[r], l = a && Ie(a);
    if (!a || !l) continue;
    const h = a.name_by_user || a.name || "";
    a.identifiers?.some(([c, p]) => c === nt && p === l) ? e.push({ entryId: l, deviceId: r, name: h, entities: o, devices: [] }) : n.push({ id: r, name: h, kind: De(a.model), entities: o, entryId: l });
  }
  for (const { entryId: r, ...o } of n)
    e.find((a) => a.entryId === r)?.devices.push(o);
  const s = (r, o) => r.name.localeCompare(o.name);
  for (const r of e)
    r.devices.sort((o, a) => ut.indexOf(o.kind) - ut.indexOf(a.kind) || s(o, a));
  return e.sort(s);
}
function mt(i, t) {
  const e = Re(i);
  return e.find((n) => n.entryId === t) ?? (t ? void 0 : e[0]);
}
function Ie(i) {
  return i.config_entry_id ?? i.config_entries?.[0] ?? void 0;
}
const N = (i) => String(Math.round(i * 10) / 10);
function wt(i, t) {
  const e = [];
  return i.forEach((n, s) => {
    if (!t(s)) return;
    const r = e.at(-1), o = r?.at(-1);
    r && o === s - 1 && i[o]?.end === n.start ? r.push(s) : e.push([s]);
  }), e;
}
function L(i, t, e, n) {
  return wt(i, (s) => t[s] !== null && t[s] !== void 0).map(
    (s) => s.map((r, o) => {
      const { start: a, end: l } = i[r], h = N(n(t[r]));
      return `${o ? `V${h}` : `M${N(e(a))} ${h}`}H${N(e(l))}`;
    }).join("")
  ).join("");
}
function it(i, t, e, n, s) {
  return wt(i, (o) => t[o] != null && e[o] != null && t[o] !== e[o]).map((o) => {
    const a = L(o.map((h) => i[h]), o.map((h) => e[h] ?? null), n, s), l = [...o].reverse().map((h) => `V${N(s(t[h]))}H${N(n(i[h].start))}`).join("");
    return `${a}${l}Z`;
  }).join("");
}
function je(i, t, e, n) {
  return wt(i, (s) => t[s] !== null && t[s] !== void 0).map(
    (s) => s.map((r, o) => `${o ? "L" : "M"}${N(e(i[r].end))} ${N(n(t[r]))}`).join("")
  ).join("");
}
function lt(i, t) {
  const e = i[1] - i[0] || 1;
  return Object.assign((s) => t[0] + (s - i[0]) / e * (t[1] - t[0]), { domain: i, range: t });
}
function Fe(i, t) {
  if (!(i > 0) || t < 1) return 1;
  const e = i / t, n = 10 ** Math.floor(Math.log10(e));
  return ([1, 2, 2.5, 5, 10].find((r) => r * n >= e * (1 - 1e-9)) ?? 10) * n;
}
function Ve(i, t, e) {
  const n = Fe(t - i || Math.abs(t) || 1, e), s = Math.floor(i / n + 1e-9), r = Math.max(Math.ceil(t / n - 1e-9), s + 1), o = Array.from({ length: r - s + 1 }, (a, l) => Number(((s + l) * n).toPrecision(12)));
  return { domain: [o[0], o.at(-1)], ticks: o, step: n };
}
const J = 9e5;
function We(i, t, e, n) {
  const s = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: !1, timeZone: n }), r = [];
  let o = -1;
  for (let a = Math.ceil(i / J) * J; a <= t; a += J) {
    const [l = 0, h = 0] = s.format(a).split(":").map(Number), d = l % 24;
    h !== 0 || d % e !== 0 || d === o && a - (r.at(-1)?.at ?? 0) <= 4 * J || (r.push({ at: a, midnight: d === 0 }), o = d);
  }
  return r;
}
function Be(i, t, e, n) {
  const s = e / Math.max((t - i) / 36e5, 1);
  return [1, 2, 3, 4, 6, 12, 24].find((r) => r * s >= n) ?? 24;
}
function Ge(i) {
  const t = i[0]?.length ?? 0, e = new Array(t).fill(0), n = new Array(t).fill(0);
  return i.map((s) => {
    const r = [], o = [];
    for (let a = 0; a < t; a++) {
      const l = s[a] ?? 0, h = l < 0 ? n : e, d = h[a], c = d + l;
      h[a] = c, r.push(Math.min(d, c)), o.push(Math.max(d, c));
    }
    return { low: r, high: o };
  });
}
function Ke(i) {
  let t = 0, e = 0;
  for (const n of i) {
    for (const s of n.low) t = Math.min(t, s);
    for (const s of n.high) e = Math.max(e, s);
  }
  return [t, e];
}
function Ze(i, t, e = 25) {
  const n = [];
  return i.forEach((s, r) => {
    const o = t[r] ?? 0;
    if (Math.abs(o) < e) return;
    const a = n.at(-1), l = o * (s.end - s.start);
    a && a.end === s.start && Math.sign(a.energy) === Math.sign(o) ? (a.end = s.end, a.energy += l) : n.push({ start: s.start, end: s.end, energy: l, power: 0 });
  }), n.map(({ start: s, end: r, energy: o }) => ({ start: s, end: r, power: o / (r - s) }));
}
const Ht = 30;
function qe(i, t, e, n) {
  const s = t < 520, r = s ? 34 : 46, o = Math.max(t - 8, r + 40), { steps: a } = i, l = a[0].start, h = a.at(-1).end, d = lt([l, h], [r, o]);
  let c = 2;
  const p = { top: c, bottom: c + 6, pieces: Je(i, l, h, d) };
  c = p.bottom + 24;
  const y = Qe(a, d, c, s ? 64 : 80, n);
  y && (c = y.bottom + Ht);
  const $ = Xe(i, d, c, s ? 150 : 190, n);
  c = $.bottom + Ht;
  const m = Ye(i, d, c, s ? 50 : 58, n);
  m ? c = m.bottom + 8 : c = $.bottom + 6;
  const f = c;
  c += 34;
  const v = i.devices.map((A, Yt) => tn(A, a, d, c + Yt * 42, e)), b = v.length ? v.at(-1).bottom + 6 : f + 22, u = Be(l, h, o - r, s ? 40 : 52), S = We(l, h, u, n.timeZone).map((A) => ({
    ...A,
    x: d(A.at),
    label: A.midnight ? n.shortDay(A.at) : n.hour(A.at)
  }));
  return { width: t, height: b, left: r, right: o, x: d, narrow: s, band: p, price: y, power: $, level: m, rows: v, ticks: S, axisTop: f };
}
function Je(i, t, e, n) {
  if (!i.phase) return [];
  const s = (o, a, l) => ({ x: n(o), width: n(a) - n(o), color: Ce[l] }), r = i.phaseUntil;
  return i.phase === "green" || r === null || r <= t || r >= e ? [s(t, e, i.phase)] : [s(t, r, i.phase), s(r, e, "green")];
}
function bt(i, t, e, n, s, r) {
  const { domain: o, ticks: a, step: l } = Ve(i, t, e), h = n + s, d = lt(o, [h, n]);
  return { top: n, bottom: h, scale: d, ticks: a.map((c) => ({ y: d(c), label: r(c, l), zero: c === 0 })) };
}
const xt = (i) => Math.max(0, Math.min(3, -Math.floor(Math.log10(i) + 1e-9) + (Number((i / 10 ** Math.floor(Math.log10(i))).toPrecision(3)) % 1 ? 1 : 0)));
function Qe(i, t, e, n, s) {
  const r = i.map((f) => f.importPrice), o = r.filter((f) => f !== null);
  if (!o.length) return null;
  const a = i.map((f) => f.exportPrice), l = a.filter((f) => f !== null), h = l.length > 0 && Math.max(...l) - Math.min(...l) > 1e-6, d = h ? [...o, ...l] : o, c = bt(Math.min(...d, 0), Math.max(...d, 0), 3, e, n, (f, v) => s.number(f, xt(v))), p = i.map((f, v) => f.known ? r[v] ?? null : null), y = i.map((f, v) => f.known ? null : r[v] ?? null), $ = i.map(() => 0), m = i.findIndex((f) => !f.known);
  return {
    ...c,
    known: it(i, $, p, t, c.scale),
    expected: it(i, $, y, t, c.scale),
    line: L(i, p, t, c.scale),
    expectedLine: L(i, y, t, c.scale),
    exportLine: h ? L(i, a, t, c.scale) : "",
    expectedFrom: m < 0 ? null : t(i[m].start)
  };
}
function Xe(i, t, e, n, s) {
  const { steps: r } = i, [o, ...a] = Ge([r.map((u) => u.base), ...i.devices.map((u) => u.power)]), l = [o, ...a].filter((u) => u !== void 0);
  let [h, d] = Ke(l);
  for (const { net: u } of r)
    h = Math.min(h, u), d = Math.max(d, u);
  d = Math.max(d, 500);
  const c = r.map((u) => u.importLimit), p = r.map((u) => u.exportLimit === null ? null : -Math.abs(u.exportLimit)), y = (u, S) => Math.abs(u) <= Math.abs(S) * 1.5 + 500;
  for (const u of c) u !== null && y(u, d) && (d = Math.max(d, u));
  for (const u of p) u !== null && y(u, h) && (h = Math.min(h, u));
  const $ = bt(h / 1e3, d / 1e3, 5, e, n, (u, S) => s.number(u, xt(S))), m = lt([$.scale.domain[0] * 1e3, $.scale.domain[1] * 1e3], $.scale.range), f = (u) => u !== null && u >= m.domain[0] && u <= m.domain[1] ? u : null, v = (u) => {
    const S = u.filter((A) => A !== null && f(A) === null);
    return S.length === u.length && S.length ? Math.min(...S.map(Math.abs)) : null;
  }, b = (u) => u ? it(r, u.low, u.high, t, m) : "";
  return {
    ...$,
    scale: m,
    base: b(o),
    layers: a.map(b),
    net: L(r, r.map((u) => u.net), t, m),
    importLimit: L(r, c.map(f), t, m),
    exportLimit: L(r, p.map(f), t, m),
    above: v(c),
    below: v(p)
  };
}
function Ye(i, t, e, n, s) {
  const r = i.devices.map((c, p) => ({ device: c, at: p })).filter(({ device: c }) => c.level !== null);
  if (!r.length) return null;
  const o = r.every(({ device: c }) => c.capacity !== null && c.capacity > 0), a = (c, p) => p === null ? null : o ? p / c.capacity * 100 : p / 1e3, l = r.map(({ device: c, at: p }) => ({ at: p, values: (c.level ?? []).map((y) => a(c, y)) })), h = o ? 100 : Math.max(1, ...l.flatMap(({ values: c }) => c.filter((p) => p !== null))), d = bt(0, h, 2, e, n, (c, p) => s.number(c, xt(p)));
  return {
    ...d,
    unit: o ? "%" : "kWh",
    lines: l.map(({ at: c, values: p }) => ({ path: je(i.steps, p, t, d.scale), device: c }))
  };
}
function tn(i, t, e, n, s) {
  const r = n + 16, o = n + 34, a = Math.max(0, ...i.power), l = Math.min(0, ...i.power), h = Math.max(a - l, 1), d = a === 0 && l < 0, c = d ? i.power.map((b) => -b) : i.power, p = lt(d ? [0, h] : [l, l + h], [o, r]), y = (b) => Math.min(Math.max(b, e.domain[0]), e.domain[1]), { run: $ } = i, m = $ !== null && $.end > e.domain[0] && $.start < e.domain[1], f = m ? e(y($.start)) : 0, v = $?.deadline ?? i.deadline;
  return {
    device: i,
    top: r,
    bottom: o,
    area: it(t, c.map(() => 0), c, e, p),
    baseline: p(0),
    run: m ? { x: f, width: Math.max(e(y($.end)) - f, 3) } : null,
    deadline: v !== null && v > s && v <= e.domain[1] ? e(v) : null
  };
}
function st(i) {
  return Array.isArray(i) ? i.filter((t) => typeof t == "object" && t !== null) : [];
}
function k(i) {
  return typeof i == "number" && Number.isFinite(i) ? i : null;
}
function E(i) {
  if (typeof i != "string") return null;
  const t = Date.parse(i);
  return Number.isFinite(t) ? t : null;
}
function en(i) {
  const t = [];
  for (const e of st(i)) {
    const n = E(e.start), s = E(e.end);
    n === null || s === null || s <= n || t.length && n < t.at(-1).end || t.push({
      start: n,
      end: s,
      net: k(e.net_power) ?? 0,
      base: k(e.base_load) ?? 0,
      importPrice: k(e.import_price),
      exportPrice: k(e.export_price),
      known: e.price_known !== !1,
      importLimit: k(e.import_limit),
      exportLimit: k(e.export_limit)
    });
  }
  return t;
}
const nn = ["green", "yellow", "red", "black"];
function sn(i) {
  const t = ["plan_status", "traffic_light", "import_limit", "import_price"].map((n) => i.entities[n]), e = i.devices.flatMap(
    ({ entities: n }) => ["planned_power", "planned_start", "ready_by"].map((s) => n[s])
  );
  return [...t, ...e].filter((n) => n !== void 0);
}
function rn(i, t) {
  const e = (c) => c === void 0 ? void 0 : i.states[c], n = e(t.entities.plan_status), s = en(n?.attributes.series), r = new Map(s.map((c, p) => [c.start, p])), o = new Map(s.map((c, p) => [c.end, p])), a = t.devices.flatMap((c) => {
    const p = e(c.entities.planned_power);
    if (!p) return [];
    const y = new Array(s.length).fill(0);
    for (const v of st(p.attributes.series)) {
      const b = r.get(E(v.start) ?? Number.NaN);
      b !== void 0 && (y[b] = k(v.power) ?? 0);
    }
    const $ = st(p.attributes.levels), m = $.length ? new Array(s.length).fill(null) : null;
    for (const v of $) {
      const b = o.get(E(v.end) ?? Number.NaN);
      m && b !== void 0 && (m[b] = k(v.level));
    }
    const f = e(c.entities.planned_start);
    return [
      {
        id: c.id,
        name: c.name,
        kind: c.kind,
        power: y,
        level: m,
        capacity: k(p.attributes.capacity),
        run: on(f?.attributes),
        deadline: E(e(c.entities.ready_by)?.state)
      }
    ];
  }), l = e(t.entities.traffic_light)?.state, h = e(t.entities.import_limit), d = e(t.entities.import_price)?.attributes.unit_of_measurement;
  return {
    steps: s,
    devices: a,
    status: n?.state ?? "waiting",
    created: E(n?.attributes.created),
    phase: l !== void 0 && nn.includes(l) ? l : null,
    phaseUntil: E(h?.attributes.until),
    currency: typeof d == "string" ? d.split("/")[0] ?? "" : ""
  };
}
function on(i) {
  const t = st(i?.runs), e = t.map((s) => E(s.start)).filter((s) => s !== null), n = t.map((s) => E(s.end)).filter((s) => s !== null);
  return !i || !e.length || !n.length ? null : {
    start: Math.min(...e),
    end: Math.max(...n),
    deadline: E(i.latest_end),
    cost: k(i.cost)
  };
}
function an(i, t, e) {
  const n = i.steps.map((r, o) => r.end > t && r.start < e ? o : -1).filter((r) => r >= 0), s = (r) => n.map((o) => r[o]);
  return {
    ...i,
    steps: s(i.steps),
    devices: i.devices.map((r) => ({
      ...r,
      power: s(r.power),
      level: r.level && s(r.level)
    }))
  };
}
function Q(i, t) {
  const e = i.findIndex((n) => n.end > t);
  return e < 0 ? i.length - 1 : e;
}
function Kt(i, t, e) {
  const n = i.level?.[t];
  return n == null ? "" : i.capacity ? ` (${e.number(n / i.capacity * 100)} %)` : ` (${e.number(n / 1e3, 1)} kWh)`;
}
function ln(i, t, e, n, s) {
  const r = i.steps[t];
  if (!r) return [];
  const o = [];
  if (r.importPrice !== null) {
    const a = r.known ? "" : ` (${s("price.forecast")})`;
    o.push({ name: s("price.import"), value: n.price(r.importPrice) + a, color: B, shape: r.known ? "line" : "dashes" });
  }
  return o.push({ name: s("power.net"), value: n.power(r.net), color: Gt, shape: "line" }), r.importLimit !== null && o.push({ name: s("power.limit_import"), value: n.power(r.importLimit), color: et, shape: "dashes" }), r.exportLimit !== null && o.push({ name: s("power.limit_export"), value: n.power(Math.abs(r.exportLimit)), color: et, shape: "dashes" }), o.push({ name: s("power.base"), value: n.power(r.base), color: I, shape: "box" }), i.devices.forEach((a, l) => {
    o.push({
      name: a.name,
      value: n.power(a.power[t] ?? 0) + Kt(a, t, n),
      color: e[l] ?? I,
      shape: "box"
    });
  }), o;
}
function cn(i, t, e) {
  let n = "";
  return x`
    <div class="table" tabindex="0" role="region" aria-label=${e("table.caption")}>
      <table>
        <caption>${e("table.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">${e("table.time")}</th>
            <th scope="col">${e("price.import")}<small>${i.currency}/kWh</small></th>
            <th scope="col">${e("power.net")}<small>W</small></th>
            <th scope="col">${e("power.base")}<small>W</small></th>
            ${i.devices.map((s) => x`<th scope="col">${s.name}<small>W</small></th>`)}
          </tr>
        </thead>
        <tbody>
          ${i.steps.map((s, r) => {
    const o = t.day(s.start), a = o === n ? "" : o;
    return n = o, x`
              ${a ? x`<tr class="day"><th scope="rowgroup" colspan=${4 + i.devices.length}>${a}</th></tr>` : ""}
              <tr>
                <th scope="row">${t.range(s.start, s.end)}</th>
                <td>${s.importPrice === null ? "–" : t.number(s.importPrice, 3)}${s.known ? "" : "*"}</td>
                <td>${t.number(s.net)}</td>
                <td>${t.number(s.base)}</td>
                ${i.devices.map((l) => x`<td>${t.number(l.power[r] ?? 0)}${Kt(l, r, t)}</td>`)}
              </tr>
            `;
  })}
        </tbody>
      </table>
      ${i.steps.every((s) => s.known) ? "" : x`<p>* ${e("price.forecast")}</p>`}
    </div>
  `;
}
const hn = ae`
  :host {
    display: block;
    container-type: inline-size;
  }
  ha-card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px;
    box-sizing: border-box;
    color: var(--primary-text-color);
  }
  .message {
    display: flex;
    flex-direction: column;
    gap: 4px;
    padding: 24px 0;
    text-align: center;
    color: var(--secondary-text-color);
  }
  .header {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    justify-content: space-between;
    align-items: flex-start;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.3;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .trouble {
    color: var(--error-color);
    font-weight: 500;
  }
  .dot {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    margin-inline-end: 5px;
    background: var(--success-color);
  }
  .dot.yellow {
    background: var(--warning-color);
  }
  .dot.red {
    background: var(--error-color);
  }
  .dot.black {
    background: var(--primary-text-color);
  }
  .tools {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .ranges {
    display: flex;
    border: 1px solid var(--divider-color);
    border-radius: 999px;
    overflow: hidden;
  }
  button {
    appearance: none;
    border: none;
    background: none;
    color: var(--secondary-text-color);
    font: inherit;
    font-size: var(--ha-font-size-s, 12px);
    min-height: 32px;
    padding: 0 12px;
    cursor: pointer;
  }
  button:focus-visible,
  .reader:focus-visible,
  .table:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  button[aria-pressed="true"] {
    background: var(--secondary-background-color);
    color: var(--primary-text-color);
    font-weight: 600;
  }
  button.icon {
    padding: 0;
    width: 32px;
    border-radius: 50%;
  }
  button.icon svg {
    width: 20px;
    height: 20px;
    fill: currentColor;
    vertical-align: middle;
  }
  .readout {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.6;
    color: var(--secondary-text-color);
  }
  .readout .when {
    min-width: 118px;
    color: var(--primary-text-color);
    font-weight: 600;
  }
  @container (max-width: 520px) {
    .readout .when {
      flex-basis: 100%;
    }
  }
  .readout b {
    color: var(--primary-text-color);
    font-weight: 500;
    font-variant-numeric: tabular-nums;
  }
  .item {
    white-space: nowrap;
  }
  .item i {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 2px;
    margin-inline-end: 5px;
    background: var(--color);
  }
  .item i.line {
    height: 3px;
    vertical-align: middle;
  }
  .item i.dashes {
    height: 3px;
    vertical-align: middle;
    background: repeating-linear-gradient(90deg, var(--color) 0 4px, transparent 4px 6px);
  }
  .chart {
    position: relative;
    direction: ltr;
    min-height: 320px;
  }
  .chart svg {
    display: block;
    overflow: visible;
  }
  .reader {
    position: absolute;
    top: 0;
    bottom: 0;
    touch-action: pan-y;
    cursor: crosshair;
    border-radius: 4px;
  }
  text {
    font-family: inherit;
    font-size: 11px;
    fill: var(--secondary-text-color);
    paint-order: stroke;
    stroke: var(--ha-card-background, var(--card-background-color, #fff));
    stroke-width: 3px;
    stroke-linejoin: round;
  }
  text.title,
  text.name {
    font-size: 12px;
    fill: var(--primary-text-color);
  }
  text .hint,
  text.hint {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }
  text.edge {
    fill: var(--error-color);
  }
  text.day {
    font-weight: 600;
    fill: var(--primary-text-color);
  }
  .grid {
    stroke: var(--divider-color);
    stroke-width: 1;
    opacity: 0.6;
  }
  .midnight {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.5;
  }
  .zero {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.8;
  }
  .line {
    fill: none;
    stroke-width: 1.8;
    stroke-linejoin: round;
  }
  .line.expected {
    stroke-dasharray: 4 3;
  }
  .line.thin {
    stroke-width: 1.2;
  }
  .line.halo {
    stroke: var(--ha-card-background, var(--card-background-color, #fff));
    stroke-width: 4;
    opacity: 0.8;
  }
  .line.net {
    stroke-width: 1.6;
  }
  .line.limit {
    stroke-dasharray: 6 4;
  }
  .line.level {
    stroke-width: 2;
  }
  .layer {
    opacity: 0.85;
  }
  .track {
    fill: var(--secondary-background-color);
    opacity: 0.6;
  }
  .run {
    fill-opacity: 0.28;
    stroke-width: 1;
  }
  .deadline {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
  }
  .flag {
    fill: var(--primary-text-color);
  }
  .now {
    stroke: var(--primary-text-color);
    stroke-width: 1.2;
    stroke-dasharray: 2 2;
  }
  .now-dot {
    fill: var(--primary-text-color);
    stroke: var(--ha-card-background, var(--card-background-color, #fff));
    stroke-width: 1.5;
  }
  .marker {
    fill: var(--primary-text-color);
    opacity: 0.16;
  }
  .table {
    max-height: 560px;
    overflow: auto;
    border: 1px solid var(--divider-color);
    border-radius: 8px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--ha-font-size-s, 12px);
    font-variant-numeric: tabular-nums;
  }
  caption {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--ha-card-background, var(--card-background-color, #fff));
    vertical-align: bottom;
  }
  th,
  td {
    padding: 5px 10px;
    text-align: end;
    font-weight: 400;
    white-space: nowrap;
    border-bottom: 1px solid var(--divider-color);
  }
  th:first-child {
    text-align: start;
  }
  thead th,
  .day th {
    font-weight: 600;
  }
  small {
    display: block;
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  .table p {
    margin: 8px 10px;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
`;
function Dt(i, t) {
  let e = null, n = null;
  for (const s of i) {
    const r = t(s);
    r !== null && ((e === null || r < t(e)) && (e = s), (n === null || r > t(n)) && (n = s));
  }
  return e && n ? { low: e, high: n } : null;
}
function dn(i, t, e) {
  const n = i.steps[0], s = i.steps.at(-1);
  if (!n || !s) return e("plan.waiting");
  const r = (h) => `${t.shortDay(h)} ${t.time(h)}`, o = [e("summary.title", { start: r(n.start), end: r(s.end) })];
  i.phase && o.push(`${e("phase.title")}: ${e(`phase.${i.phase}`)}.`);
  const a = Dt(i.steps, (h) => h.importPrice);
  a && o.push(
    e("summary.price", {
      low: t.price(a.low.importPrice),
      lowTime: r(a.low.start),
      high: t.price(a.high.importPrice),
      highTime: r(a.high.start)
    })
  );
  const l = Dt(i.steps, (h) => h.net);
  l && o.push(
    e("summary.net", {
      low: t.power(l.low.net),
      lowTime: r(l.low.start),
      high: t.power(l.high.net),
      highTime: r(l.high.start)
    })
  );
  for (const h of i.devices) {
    const d = Ze(i.steps, h.power).slice(0, 4), c = d.length ? d.map((p) => `${r(p.start)} – ${t.time(p.end)}, ${t.power(p.power)}`).join("; ") : e("row.nothing");
    o.push(e("summary.device", { name: h.name, runs: c }));
  }
  return o.join(" ");
}
function pn(i, t = []) {
  return i && t.length ? { ...i, devices: i.devices.filter(({ id: e }) => t.includes(e)) } : i;
}
const ht = 36e5, un = 3e4, mn = [12, 24, 48];
class fn extends W {
  static styles = hn;
  static properties = {
    _config: { state: !0 },
    _width: { state: !0 },
    _selected: { state: !0 },
    _table: { state: !0 },
    _hours: { state: !0 },
    _now: { state: !0 },
    _data: { state: !0 }
  };
  _hass;
  _site;
  _whole;
  _plan;
  _geometry;
  _formats;
  _words = F("en");
  _onScreen = !0;
  _resize;
  _intersection;
  _timer;
  constructor() {
    super(), this._width = 0, this._selected = null, this._table = !1, this._hours = null, this._now = Date.now();
  }
  // ------------------------------------------------------------------ what dashboards ask of a card
  static getStubConfig(t) {
    const e = mt(t);
    return e ? { entry_id: e.entryId } : {};
  }
  static getConfigForm() {
    return {
      schema: [
        { name: "entry_id", selector: { config_entry: { integration: nt } } },
        { name: "title", selector: { text: {} } },
        { name: "hours", selector: { number: { min: 6, max: 72, step: 1, mode: "box", unit_of_measurement: "h" } } },
        { name: "devices", selector: { device: { multiple: !0, filter: { integration: nt } } } }
      ],
      computeLabel: (t) => {
        const e = F(document.documentElement.lang || navigator.language), { name: n } = t;
        return n === "entry_id" || n === "title" || n === "hours" || n === "devices" ? e(`editor.${n}`) : void 0;
      }
    };
  }
  getCardSize() {
    return 12;
  }
  getGridOptions() {
    return { columns: "full", min_columns: 6, rows: "auto" };
  }
  setConfig(t) {
    if (t.hours !== void 0 && !(t.hours >= 1 && t.hours <= 168))
      throw new Error("hours: a number from 1 to 168");
    const { devices: e } = t;
    if (e !== void 0 && !(Array.isArray(e) && e.every((n) => typeof n == "string")))
      throw new Error("devices: a list of device ids");
    this._config = t, this._hours = t.hours ?? null, this._site = void 0, this._data = {};
  }
  get hass() {
    return this._hass;
  }
  set hass(t) {
    const e = this._hass;
    this._hass = t, t && ((!e || e.entities !== t.entities || e.devices !== t.devices) && (this._site = void 0), !(this._site && e && e.locale === t.locale && e.language === t.language && !sn(this._site).some((s) => e.states[s] !== t.states[s])) && (this._data = {}));
  }
  // ------------------------------------------------------------------ when to work
  connectedCallback() {
    super.connectedCallback(), this._resize = new ResizeObserver(([t]) => {
      t && (this._width = Math.round(t.contentRect.width));
    }), this._resize.observe(this), typeof IntersectionObserver < "u" && (this._intersection = new IntersectionObserver((t) => {
      this._onScreen = t.at(-1)?.isIntersecting ?? !0, this._onScreen && this._wake();
    }), this._intersection.observe(this)), document.addEventListener("visibilitychange", this._wake), this._timer = setInterval(this._wake, un);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this._resize?.disconnect(), this._intersection?.disconnect(), document.removeEventListener("visibilitychange", this._wake), clearInterval(this._timer);
  }
  _wake = () => {
    this._hidden || (this._now = Date.now(), this.requestUpdate());
  };
  get _hidden() {
    return document.hidden || !this._onScreen;
  }
  shouldUpdate() {
    return !this._hidden || !this.hasUpdated;
  }
  get _shownHours() {
    return this._hours ?? (this._width && this._width < 520 ? 24 : 48);
  }
  // What changed while hidden is found by comparing with what was last drawn, not by the list of changes.
  _drawn = [];
  willUpdate(t) {
    const e = this._hass, n = [this._config, this._width, this._hours, this._now, this._data];
    if (!e || !this._config || n.every((a, l) => a === this._drawn[l])) return;
    (this._data !== this._drawn[4] || this._config !== this._drawn[0]) && (this._site ??= pn(mt(e, this._config.entry_id), this._config.devices), this._words = F(e.language), this._whole = this._site && rn(e, this._site), this._formats = ie(e, this._whole?.currency ?? "")), this._drawn = n;
    const s = this._whole, r = this._selected === null ? void 0 : this._plan?.steps[this._selected]?.start;
    this._plan = s && an(s, this._now, this._now + this._shownHours * ht);
    const { _plan: o } = this;
    if (this._geometry = o?.steps.length && this._width && this._formats ? qe(o, this._width - 32, this._now, this._formats) : void 0, r !== void 0) {
      const a = o?.steps.findIndex((l) => l.start === r) ?? -1;
      this._selected = a < 0 ? null : a;
    }
  }
  // ------------------------------------------------------------------ drawing
  render() {
    const t = this._words, { _plan: e, _formats: n } = this;
    return !this._hass || !this._config ? _ : !this._site || !e || !n ? x`<ha-card><div class="message"><b>${t("empty.title")}</b><span>${t("empty.text")}</span></div></ha-card>` : x`
      <ha-card>
        ${this._header(e, n)}
        ${e.steps.length ? this._body(e, n) : x`<div class="message">${this._statusText(e, n)}</div>`}
      </ha-card>
    `;
  }
  _statusText(t, e) {
    const n = this._words;
    return t.status === "stale" ? n("plan.stale") : t.status === "failed" ? n("plan.failed") : !t.steps.length || t.created === null ? n("plan.waiting") : n("plan.made", { time: e.time(t.created) });
  }
  _header(t, e) {
    const n = this._words, s = t.status === "stale" || t.status === "failed", r = this._whole?.steps ?? [], o = r.length ? (r.at(-1).end - this._now) / ht : 0, a = mn.filter((l) => l <= o + 2);
    return x`
      <div class="header">
        <div class="heading">
          <h2>${this._config?.title ?? n("card.name")}</h2>
          <div class="status">
            ${t.phase ? x`<span class="phase"><i class="dot ${t.phase}"></i>${n("phase.title")}: ${n(`phase.${t.phase}`)}</span>` : _}
            <span class=${s ? "trouble" : ""}>${this._statusText(t, e)}</span>
          </div>
        </div>
        <div class="tools">
          ${a.length > 1 ? x`<div class="ranges" role="group" aria-label=${n("range.label")}>
                ${a.map(
      (l) => x`<button type="button" aria-pressed=${l === this._shownHours} @click=${() => this._hours = l}>${l} h</button>`
    )}
              </div>` : _}
          <button
            type="button"
            class="icon"
            aria-pressed=${this._table}
            aria-label=${n(this._table ? "table.hide" : "table.show")}
            title=${n(this._table ? "table.hide" : "table.show")}
            @click=${() => this._table = !this._table}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M5,4H19A2,2 0 0,1 21,6V18A2,2 0 0,1 19,20H5A2,2 0 0,1 3,18V6A2,2 0 0,1 5,4M5,8V12H11V8H5M13,8V12H19V8H13M5,14V18H11V14H5M13,14V18H19V14H13Z"></path>
            </svg>
          </button>
        </div>
      </div>
    `;
  }
  _body(t, e) {
    const n = this._words, s = Pe(t.devices);
    if (this._table) return cn(t, e, n);
    const r = this._geometry;
    if (!r) return x`<div class="chart"></div>`;
    const o = this._selected ?? Q(t.steps, this._now), a = t.steps[o];
    if (!a) return _;
    const l = ln(t, o, s, e, n);
    return x`
      <div class="readout">
        <span class="when">
          ${this._selected === null ? n("now") : `${e.shortDay(a.start)} ${e.range(a.start, a.end)}`}
        </span>
        ${l.map(
      (h) => x`<span class="item"><i class=${h.shape} style="--color: ${h.color}"></i>${h.name} <b>${h.value}</b></span>`
    )}
      </div>
      <div class="chart" style="height: ${r.height}px">
        <svg
          role="img"
          aria-label=${dn(t, e, n)}
          width=${r.width}
          height=${r.height}
          viewBox="0 0 ${r.width} ${r.height}"
        >
          ${this._selected === null ? _ : this._marker(r, a)}
          ${Te({ geometry: r, colors: s, currency: t.currency, now: this._now, formats: e, words: n })}
        </svg>
        <div
          class="reader"
          style="left: ${r.left}px; width: ${r.right - r.left}px"
          role="slider"
          tabindex="0"
          aria-label=${n("slider.label")}
          aria-valuemin="0"
          aria-valuemax=${t.steps.length - 1}
          aria-valuenow=${o}
          aria-valuetext=${`${e.range(a.start, a.end)}: ${l.map((h) => `${h.name} ${h.value}`).join(", ")}`}
          @pointermove=${this._onPointer}
          @pointerdown=${this._onPointer}
          @pointerleave=${this._onLeave}
          @keydown=${this._onKey}
        ></div>
      </div>
    `;
  }
  _marker(t, e) {
    const n = t.x(e.start), s = t.x(e.end), r = Math.max(s - n, 2);
    return w`<rect class="marker" x=${(n + s - r) / 2} y="0" width=${r} height=${t.height}></rect>`;
  }
  // ------------------------------------------------------------------ reading a step
  _onPointer = (t) => {
    const { _geometry: e, _plan: n } = this;
    if (!e || !n) return;
    const s = t.currentTarget.getBoundingClientRect(), r = (t.clientX - s.left) / Math.max(s.width, 1), [o, a] = e.x.domain;
    this._selected = Q(n.steps, o + Math.min(Math.max(r, 0), 1) * (a - o));
  };
  _onLeave = (t) => {
    t.pointerType === "mouse" && (this._selected = null);
  };
  _onKey = (t) => {
    const e = this._plan?.steps ?? [], n = this._selected ?? Q(e, this._now), s = (l) => Q(e, (e[n]?.start ?? 0) + l * ht), o = {
      ArrowRight: () => n + 1,
      ArrowUp: () => n + 1,
      ArrowLeft: () => n - 1,
      ArrowDown: () => n - 1,
      PageUp: () => s(1),
      PageDown: () => s(-1),
      Home: () => 0,
      End: () => e.length - 1,
      Escape: () => null
    }[t.key];
    if (!o) return;
    t.preventDefault();
    const a = o();
    this._selected = a === null ? null : Math.min(Math.max(a, 0), e.length - 1);
  };
}
const gn = "custom:cem-sgcp-plan-card", Zt = {
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
  other: "mdi:power-plug"
}, qt = { type: "entity" }, Jt = { columns: 6 }, T = { columns: "full" };
function g(i, t = {}) {
  if (i === void 0) return [];
  const e = { type: "tile", entity: i, name: qt, grid_options: t.full ? T : Jt };
  return t.features && (e.features = t.features.map((n) => ({ type: n, ...n === "numeric-input" ? { style: "buttons" } : {} })), e.features_position = t.full ? "inline" : "bottom"), [e];
}
function Y(i, t, e = Jt) {
  if (i === void 0) return [];
  const n = {
    action: "perform-action",
    perform_action: "button.press",
    target: { entity_id: i },
    ...t ? { confirmation: { text: t } } : {}
  };
  return [{ type: "tile", entity: i, name: qt, hide_state: !0, tap_action: n, icon_tap_action: n, grid_options: e }];
}
function P(i, t, e = []) {
  const n = e.filter((s) => s !== void 0).map((s) => ({ type: "entity", entity: s, show_state: !0 }));
  return { type: "heading", heading: i, heading_style: "title", icon: t, ...n.length ? { badges: n } : {} };
}
function C(i, t, e) {
  return t.length ? [{ type: "grid", cards: [i, ...t] }] : [];
}
function _n(i, t) {
  const { entities: e } = i;
  return {
    title: t("view.plan"),
    path: "plan",
    icon: "mdi:chart-timeline",
    type: "sections",
    max_columns: 3,
    sections: [
      {
        type: "grid",
        column_span: 3,
        cards: [{ type: gn, entry_id: i.entryId, grid_options: T }]
      },
      ...C(P(t("heading.connection"), "mdi:transmission-tower"), [
        ...g(e.traffic_light),
        ...g(e.net_power),
        ...g(e.import_limit),
        ...g(e.export_limit),
        ...g(e.limit_exceeded),
        ...g(e.plan_status),
        ...g(e.billed_peak, { full: !0 }),
        ...g(e.goal, { features: ["select-options"], full: !0 })
      ]),
      ...C(P(t("heading.costs"), "mdi:cash-clock"), [
        ...g(e.planned_cost_today, { full: !0 }),
        ...g(e.planned_cost_tomorrow, { full: !0 }),
        ...g(e.next_start),
        ...g(e.import_price),
        ...Y(e.replan, void 0, T)
      ]),
      ...C(
        P(t("heading.devices"), "mdi:devices"),
        i.devices.flatMap((n) => {
          const s = n.entities.device_state ?? n.entities.planned_power;
          return s === void 0 ? [] : [{ type: "tile", entity: s, name: n.name, icon: Zt[n.kind], grid_options: T }];
        })
      )
    ]
  };
}
function $n({ name: i, entities: t }, e) {
  return [
    ...g(t.device_state),
    ...g(t.planned_power),
    ...g(t.mode),
    ...g(t.level),
    ...g(t.heat_loss),
    ...g(t.planned_start),
    ...g(t.expected_cost),
    ...g(t.ready_by),
    ...Y(t.announce, void 0, T),
    ...Y(t.start_now, e("confirm.start", { name: i })),
    ...Y(t.cancel, e("confirm.cancel", { name: i })),
    ...g(t.control, { features: ["toggle"], full: !0 }),
    ...g(t.target, { features: ["numeric-input"], full: !0 }),
    ...g(t.priority, { features: ["numeric-input"], full: !0 })
  ];
}
function yn(i, t) {
  return {
    title: t("view.devices"),
    path: "devices",
    icon: "mdi:devices",
    type: "sections",
    max_columns: 3,
    sections: i.devices.flatMap(
      (e) => C(P(e.name, Zt[e.kind]), $n(e, t))
    )
  };
}
function vn(i, t, e) {
  const { entities: n } = t, s = (a) => i.config.components?.includes(a) ?? !1, r = ["net_power", "import_limit", "export_limit"].map((a) => n[a]).filter((a) => a !== void 0), o = n.decision;
  return {
    title: e("view.grid"),
    path: "grid",
    icon: "mdi:transmission-tower",
    type: "sections",
    max_columns: 3,
    sections: [
      ...C(P(e("heading.signals"), "mdi:traffic-light"), [
        ...g(n.traffic_light),
        ...g(n.lpc_state),
        ...g(n.lpp_state),
        ...g(n.import_limit),
        ...g(n.export_limit),
        ...g(n.limit_exceeded),
        ...g(n.import_price),
        ...g(n.export_price)
      ]),
      ...C(
        P(e("heading.power"), "mdi:chart-line"),
        s("history") && r.length ? [{ type: "history-graph", entities: r, hours_to_show: 24, grid_options: T }] : [...g(n.import_power), ...g(n.export_power)]
      ),
      ...C(P(e("heading.decisions"), "mdi:gavel"), [
        ...g(o, { full: !0 }),
        ...o !== void 0 && s("logbook") ? [{ type: "logbook", target: { entity_id: [o] }, hours_to_show: 48, grid_options: T }] : []
      ]),
      ...C(
        P(e("heading.calendar"), "mdi:calendar-clock"),
        n.plan === void 0 ? [] : [{ type: "calendar", entities: [n.plan], initial_view: "listWeek", grid_options: T }]
      )
    ]
  };
}
function wn(i) {
  return {
    title: i("view.plan"),
    path: "plan",
    icon: "mdi:chart-timeline",
    type: "sections",
    max_columns: 1,
    sections: [
      { type: "grid", cards: [{ type: "markdown", title: i("empty.title"), content: i("empty.text") }] }
    ]
  };
}
function bn(i, t) {
  const e = F(t.language), n = mt(t, i.entry_id);
  if (!n) return { views: [wn(e)] };
  const s = [_n(n, e), yn(n, e), vn(t, n, e)];
  return { title: n.name, views: s.filter((r) => r.sections.length) };
}
class xn extends HTMLElement {
  /** A new or renamed device shows without a reload. */
  static registryDependencies = ["entities", "devices"];
  static async generate(t, e) {
    return bn(t, e);
  }
}
const Qt = "https://github.com/cem-sgcp/cem_sgcp";
function Xt(i, t) {
  return customElements.get(i) ? !1 : (customElements.define(i, t), !0);
}
const rt = F(document.documentElement.lang || navigator.language);
Xt("cem-sgcp-plan-card", fn) && (window.customCards ??= []).push({
  type: "cem-sgcp-plan-card",
  name: rt("card.name"),
  description: rt("card.description"),
  preview: !0,
  documentationURL: Qt
});
Xt("ll-strategy-dashboard-cem-sgcp", xn) && (window.customStrategies ??= []).push({
  type: "cem-sgcp",
  strategyType: "dashboard",
  name: rt("strategy.name"),
  description: rt("strategy.description"),
  documentationURL: Qt
});
