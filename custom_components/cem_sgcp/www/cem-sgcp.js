const ct = {
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
  "editor.hours": "Hours shown"
}, Xt = {
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
  "editor.hours": "Gezeigte Stunden"
}, bt = { en: ct, de: Xt };
function j(n) {
  const t = n ?? "en", e = bt[t] ?? bt[t.split("-")[0] ?? "en"] ?? ct;
  return (i, s = {}) => (e[i] ?? ct[i]).replace(/\{(\w+)\}/g, (r, o) => {
    const a = s[o];
    return a === void 0 ? r : String(a);
  });
}
const Yt = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"]
};
function te(n) {
  if (n.number_format !== "system")
    return n.number_format === "none" ? "en-US" : Yt[n.number_format] ?? n.language;
}
function ee(n, t) {
  const { locale: e } = n, i = e.time_zone === "server" ? n.config.time_zone : ne(), s = te(e), r = e.number_format !== "none", o = ie(e), a = e.time_format === "system" ? void 0 : e.language, l = new Intl.DateTimeFormat(a, { hour: "numeric", minute: "2-digit", hour12: o, timeZone: i }), h = o ? new Intl.DateTimeFormat(a, { hour: "numeric", hour12: !0, timeZone: i }) : l, d = new Intl.DateTimeFormat(e.language, { weekday: "short", day: "numeric", month: "short", timeZone: i }), c = new Intl.DateTimeFormat(e.language, { weekday: "short", timeZone: i }), u = /* @__PURE__ */ new Map(), f = (m, $ = 0) => {
    let w = u.get($);
    w || (w = new Intl.NumberFormat(s, {
      minimumFractionDigits: $,
      maximumFractionDigits: $,
      useGrouping: r
    }), u.set($, w));
    const y = w.format(m);
    return /[1-9]/.test(y) ? y : y.replace(/^[-−]/, "");
  };
  return {
    timeZone: i,
    number: f,
    power: (m) => Math.abs(m) < 1e3 ? `${f(m)} W` : `${f(m / 1e3, 1)} kW`,
    price: (m) => `${f(m, 3)} ${t}/kWh`,
    time: (m) => l.format(m),
    hour: (m) => h.format(m),
    day: (m) => d.format(m),
    shortDay: (m) => c.format(m),
    range: (m, $) => `${l.format(m)} – ${l.format($)}`
  };
}
function ne() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
function ie(n) {
  if (n.time_format === "12") return !0;
  if (n.time_format === "24") return !1;
  const t = n.time_format === "system" ? void 0 : n.language;
  return new Intl.DateTimeFormat(t, { hour: "numeric" }).resolvedOptions().hour12 ?? !1;
}
/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const X = globalThis, ut = X.ShadowRoot && (X.ShadyCSS === void 0 || X.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, mt = /* @__PURE__ */ Symbol(), xt = /* @__PURE__ */ new WeakMap();
let Dt = class {
  constructor(t, e, i) {
    if (this._$cssResult$ = !0, i !== mt) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
    this.cssText = t, this.t = e;
  }
  get styleSheet() {
    let t = this.o;
    const e = this.t;
    if (ut && t === void 0) {
      const i = e !== void 0 && e.length === 1;
      i && (t = xt.get(e)), t === void 0 && ((this.o = t = new CSSStyleSheet()).replaceSync(this.cssText), i && xt.set(e, t));
    }
    return t;
  }
  toString() {
    return this.cssText;
  }
};
const se = (n) => new Dt(typeof n == "string" ? n : n + "", void 0, mt), re = (n, ...t) => {
  const e = n.length === 1 ? n[0] : t.reduce((i, s, r) => i + ((o) => {
    if (o._$cssResult$ === !0) return o.cssText;
    if (typeof o == "number") return o;
    throw Error("Value passed to 'css' function must be a 'css' function result: " + o + ". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.");
  })(s) + n[r + 1], n[0]);
  return new Dt(e, n, mt);
}, oe = (n, t) => {
  if (ut) n.adoptedStyleSheets = t.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
  else for (const e of t) {
    const i = document.createElement("style"), s = X.litNonce;
    s !== void 0 && i.setAttribute("nonce", s), i.textContent = e.cssText, n.appendChild(i);
  }
}, At = ut ? (n) => n : (n) => n instanceof CSSStyleSheet ? ((t) => {
  let e = "";
  for (const i of t.cssRules) e += i.cssText;
  return se(e);
})(n) : n;
/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const { is: ae, defineProperty: le, getOwnPropertyDescriptor: ce, getOwnPropertyNames: he, getOwnPropertySymbols: de, getPrototypeOf: pe } = Object, st = globalThis, kt = st.trustedTypes, ue = kt ? kt.emptyScript : "", me = st.reactiveElementPolyfillSupport, F = (n, t) => n, ht = { toAttribute(n, t) {
  switch (t) {
    case Boolean:
      n = n ? ue : null;
      break;
    case Object:
    case Array:
      n = n == null ? n : JSON.stringify(n);
  }
  return n;
}, fromAttribute(n, t) {
  let e = n;
  switch (t) {
    case Boolean:
      e = n !== null;
      break;
    case Number:
      e = n === null ? null : Number(n);
      break;
    case Object:
    case Array:
      try {
        e = JSON.parse(n);
      } catch {
        e = null;
      }
  }
  return e;
} }, Rt = (n, t) => !ae(n, t), Et = { attribute: !0, type: String, converter: ht, reflect: !1, useDefault: !1, hasChanged: Rt };
Symbol.metadata ??= /* @__PURE__ */ Symbol("metadata"), st.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
let U = class extends HTMLElement {
  static addInitializer(t) {
    this._$Ei(), (this.l ??= []).push(t);
  }
  static get observedAttributes() {
    return this.finalize(), this._$Eh && [...this._$Eh.keys()];
  }
  static createProperty(t, e = Et) {
    if (e.state && (e.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(t) && ((e = Object.create(e)).wrapped = !0), this.elementProperties.set(t, e), !e.noAccessor) {
      const i = /* @__PURE__ */ Symbol(), s = this.getPropertyDescriptor(t, i, e);
      s !== void 0 && le(this.prototype, t, s);
    }
  }
  static getPropertyDescriptor(t, e, i) {
    const { get: s, set: r } = ce(this.prototype, t) ?? { get() {
      return this[e];
    }, set(o) {
      this[e] = o;
    } };
    return { get: s, set(o) {
      const a = s?.call(this);
      r?.call(this, o), this.requestUpdate(t, a, i);
    }, configurable: !0, enumerable: !0 };
  }
  static getPropertyOptions(t) {
    return this.elementProperties.get(t) ?? Et;
  }
  static _$Ei() {
    if (this.hasOwnProperty(F("elementProperties"))) return;
    const t = pe(this);
    t.finalize(), t.l !== void 0 && (this.l = [...t.l]), this.elementProperties = new Map(t.elementProperties);
  }
  static finalize() {
    if (this.hasOwnProperty(F("finalized"))) return;
    if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(F("properties"))) {
      const e = this.properties, i = [...he(e), ...de(e)];
      for (const s of i) this.createProperty(s, e[s]);
    }
    const t = this[Symbol.metadata];
    if (t !== null) {
      const e = litPropertyMetadata.get(t);
      if (e !== void 0) for (const [i, s] of e) this.elementProperties.set(i, s);
    }
    this._$Eh = /* @__PURE__ */ new Map();
    for (const [e, i] of this.elementProperties) {
      const s = this._$Eu(e, i);
      s !== void 0 && this._$Eh.set(s, e);
    }
    this.elementStyles = this.finalizeStyles(this.styles);
  }
  static finalizeStyles(t) {
    const e = [];
    if (Array.isArray(t)) {
      const i = new Set(t.flat(1 / 0).reverse());
      for (const s of i) e.unshift(At(s));
    } else t !== void 0 && e.push(At(t));
    return e;
  }
  static _$Eu(t, e) {
    const i = e.attribute;
    return i === !1 ? void 0 : typeof i == "string" ? i : typeof t == "string" ? t.toLowerCase() : void 0;
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
    for (const i of e.keys()) this.hasOwnProperty(i) && (t.set(i, this[i]), delete this[i]);
    t.size > 0 && (this._$Ep = t);
  }
  createRenderRoot() {
    const t = this.shadowRoot ?? this.attachShadow(this.constructor.shadowRootOptions);
    return oe(t, this.constructor.elementStyles), t;
  }
  connectedCallback() {
    this.renderRoot ??= this.createRenderRoot(), this.enableUpdating(!0), this._$EO?.forEach((t) => t.hostConnected?.());
  }
  enableUpdating(t) {
  }
  disconnectedCallback() {
    this._$EO?.forEach((t) => t.hostDisconnected?.());
  }
  attributeChangedCallback(t, e, i) {
    this._$AK(t, i);
  }
  _$ET(t, e) {
    const i = this.constructor.elementProperties.get(t), s = this.constructor._$Eu(t, i);
    if (s !== void 0 && i.reflect === !0) {
      const r = (i.converter?.toAttribute !== void 0 ? i.converter : ht).toAttribute(e, i.type);
      this._$Em = t, r == null ? this.removeAttribute(s) : this.setAttribute(s, r), this._$Em = null;
    }
  }
  _$AK(t, e) {
    const i = this.constructor, s = i._$Eh.get(t);
    if (s !== void 0 && this._$Em !== s) {
      const r = i.getPropertyOptions(s), o = typeof r.converter == "function" ? { fromAttribute: r.converter } : r.converter?.fromAttribute !== void 0 ? r.converter : ht;
      this._$Em = s;
      const a = o.fromAttribute(e, r.type);
      this[s] = a ?? this._$Ej?.get(s) ?? a, this._$Em = null;
    }
  }
  requestUpdate(t, e, i, s = !1, r) {
    if (t !== void 0) {
      const o = this.constructor;
      if (s === !1 && (r = this[t]), i ??= o.getPropertyOptions(t), !((i.hasChanged ?? Rt)(r, e) || i.useDefault && i.reflect && r === this._$Ej?.get(t) && !this.hasAttribute(o._$Eu(t, i)))) return;
      this.C(t, e, i);
    }
    this.isUpdatePending === !1 && (this._$ES = this._$EP());
  }
  C(t, e, { useDefault: i, reflect: s, wrapped: r }, o) {
    i && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(t) && (this._$Ej.set(t, o ?? e ?? this[t]), r !== !0 || o !== void 0) || (this._$AL.has(t) || (this.hasUpdated || i || (e = void 0), this._$AL.set(t, e)), s === !0 && this._$Em !== t && (this._$Eq ??= /* @__PURE__ */ new Set()).add(t));
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
      const i = this.constructor.elementProperties;
      if (i.size > 0) for (const [s, r] of i) {
        const { wrapped: o } = r, a = this[s];
        o !== !0 || this._$AL.has(s) || a === void 0 || this.C(s, void 0, r, a);
      }
    }
    let t = !1;
    const e = this._$AL;
    try {
      t = this.shouldUpdate(e), t ? (this.willUpdate(e), this._$EO?.forEach((i) => i.hostUpdate?.()), this.update(e)) : this._$EM();
    } catch (i) {
      throw t = !1, this._$EM(), i;
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
U.elementStyles = [], U.shadowRootOptions = { mode: "open" }, U[F("elementProperties")] = /* @__PURE__ */ new Map(), U[F("finalized")] = /* @__PURE__ */ new Map(), me?.({ ReactiveElement: U }), (st.reactiveElementVersions ??= []).push("2.1.2");
/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const ft = globalThis, St = (n) => n, Y = ft.trustedTypes, Mt = Y ? Y.createPolicy("lit-html", { createHTML: (n) => n }) : void 0, It = "$lit$", M = `lit$${Math.random().toFixed(9).slice(2)}$`, jt = "?" + M, fe = `<${jt}>`, L = document, G = () => L.createComment(""), K = (n) => n === null || typeof n != "object" && typeof n != "function", gt = Array.isArray, ge = (n) => gt(n) || typeof n?.[Symbol.iterator] == "function", at = `[ 	
\f\r]`, I = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, Pt = /-->/g, Ct = />/g, T = RegExp(`>|${at}(?:([^\\s"'>=/]+)(${at}*=${at}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`, "g"), Tt = /'/g, Ot = /"/g, Ft = /^(?:script|style|textarea|title)$/i, Vt = (n) => (t, ...e) => ({ _$litType$: n, strings: t, values: e }), x = Vt(1), v = Vt(2), H = /* @__PURE__ */ Symbol.for("lit-noChange"), g = /* @__PURE__ */ Symbol.for("lit-nothing"), zt = /* @__PURE__ */ new WeakMap(), O = L.createTreeWalker(L, 129);
function Wt(n, t) {
  if (!gt(n) || !n.hasOwnProperty("raw")) throw Error("invalid template strings array");
  return Mt !== void 0 ? Mt.createHTML(t) : t;
}
const _e = (n, t) => {
  const e = n.length - 1, i = [];
  let s, r = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = I;
  for (let a = 0; a < e; a++) {
    const l = n[a];
    let h, d, c = -1, u = 0;
    for (; u < l.length && (o.lastIndex = u, d = o.exec(l), d !== null); ) u = o.lastIndex, o === I ? d[1] === "!--" ? o = Pt : d[1] !== void 0 ? o = Ct : d[2] !== void 0 ? (Ft.test(d[2]) && (s = RegExp("</" + d[2], "g")), o = T) : d[3] !== void 0 && (o = T) : o === T ? d[0] === ">" ? (o = s ?? I, c = -1) : d[1] === void 0 ? c = -2 : (c = o.lastIndex - d[2].length, h = d[1], o = d[3] === void 0 ? T : d[3] === '"' ? Ot : Tt) : o === Ot || o === Tt ? o = T : o === Pt || o === Ct ? o = I : (o = T, s = void 0);
    const f = o === T && n[a + 1].startsWith("/>") ? " " : "";
    r += o === I ? l + fe : c >= 0 ? (i.push(h), l.slice(0, c) + It + l.slice(c) + M + f) : l + M + (c === -2 ? a : f);
  }
  return [Wt(n, r + (n[e] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), i];
};
class Z {
  constructor({ strings: t, _$litType$: e }, i) {
    let s;
    this.parts = [];
    let r = 0, o = 0;
    const a = t.length - 1, l = this.parts, [h, d] = _e(t, e);
    if (this.el = Z.createElement(h, i), O.currentNode = this.el.content, e === 2 || e === 3) {
      const c = this.el.content.firstChild;
      c.replaceWith(...c.childNodes);
    }
    for (; (s = O.nextNode()) !== null && l.length < a; ) {
      if (s.nodeType === 1) {
        if (s.hasAttributes()) for (const c of s.getAttributeNames()) if (c.endsWith(It)) {
          const u = d[o++], f = s.getAttribute(c).split(M), m = /([.?@])?(.*)/.exec(u);
          l.push({ type: 1, index: r, name: m[2], strings: f, ctor: m[1] === "." ? ye : m[1] === "?" ? ve : m[1] === "@" ? we : rt }), s.removeAttribute(c);
        } else c.startsWith(M) && (l.push({ type: 6, index: r }), s.removeAttribute(c));
        if (Ft.test(s.tagName)) {
          const c = s.textContent.split(M), u = c.length - 1;
          if (u > 0) {
            s.textContent = Y ? Y.emptyScript : "";
            for (let f = 0; f < u; f++) s.append(c[f], G()), O.nextNode(), l.push({ type: 2, index: ++r });
            s.append(c[u], G());
          }
        }
      } else if (s.nodeType === 8) if (s.data === jt) l.push({ type: 2, index: r });
      else {
        let c = -1;
        for (; (c = s.data.indexOf(M, c + 1)) !== -1; ) l.push({ type: 7, index: r }), c += M.length - 1;
      }
      r++;
    }
  }
  static createElement(t, e) {
    const i = L.createElement("template");
    return i.innerHTML = t, i;
  }
}
function D(n, t, e = n, i) {
  if (t === H) return t;
  let s = i !== void 0 ? e._$Co?.[i] : e._$Cl;
  const r = K(t) ? void 0 : t._$litDirective$;
  return s?.constructor !== r && (s?._$AO?.(!1), r === void 0 ? s = void 0 : (s = new r(n), s._$AT(n, e, i)), i !== void 0 ? (e._$Co ??= [])[i] = s : e._$Cl = s), s !== void 0 && (t = D(n, s._$AS(n, t.values), s, i)), t;
}
class $e {
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
    const { el: { content: e }, parts: i } = this._$AD, s = (t?.creationScope ?? L).importNode(e, !0);
    O.currentNode = s;
    let r = O.nextNode(), o = 0, a = 0, l = i[0];
    for (; l !== void 0; ) {
      if (o === l.index) {
        let h;
        l.type === 2 ? h = new q(r, r.nextSibling, this, t) : l.type === 1 ? h = new l.ctor(r, l.name, l.strings, this, t) : l.type === 6 && (h = new be(r, this, t)), this._$AV.push(h), l = i[++a];
      }
      o !== l?.index && (r = O.nextNode(), o++);
    }
    return O.currentNode = L, s;
  }
  p(t) {
    let e = 0;
    for (const i of this._$AV) i !== void 0 && (i.strings !== void 0 ? (i._$AI(t, i, e), e += i.strings.length - 2) : i._$AI(t[e])), e++;
  }
}
class q {
  get _$AU() {
    return this._$AM?._$AU ?? this._$Cv;
  }
  constructor(t, e, i, s) {
    this.type = 2, this._$AH = g, this._$AN = void 0, this._$AA = t, this._$AB = e, this._$AM = i, this.options = s, this._$Cv = s?.isConnected ?? !0;
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
    t = D(this, t, e), K(t) ? t === g || t == null || t === "" ? (this._$AH !== g && this._$AR(), this._$AH = g) : t !== this._$AH && t !== H && this._(t) : t._$litType$ !== void 0 ? this.$(t) : t.nodeType !== void 0 ? this.T(t) : ge(t) ? this.k(t) : this._(t);
  }
  O(t) {
    return this._$AA.parentNode.insertBefore(t, this._$AB);
  }
  T(t) {
    this._$AH !== t && (this._$AR(), this._$AH = this.O(t));
  }
  _(t) {
    this._$AH !== g && K(this._$AH) ? this._$AA.nextSibling.data = t : this.T(L.createTextNode(t)), this._$AH = t;
  }
  $(t) {
    const { values: e, _$litType$: i } = t, s = typeof i == "number" ? this._$AC(t) : (i.el === void 0 && (i.el = Z.createElement(Wt(i.h, i.h[0]), this.options)), i);
    if (this._$AH?._$AD === s) this._$AH.p(e);
    else {
      const r = new $e(s, this), o = r.u(this.options);
      r.p(e), this.T(o), this._$AH = r;
    }
  }
  _$AC(t) {
    let e = zt.get(t.strings);
    return e === void 0 && zt.set(t.strings, e = new Z(t)), e;
  }
  k(t) {
    gt(this._$AH) || (this._$AH = [], this._$AR());
    const e = this._$AH;
    let i, s = 0;
    for (const r of t) s === e.length ? e.push(i = new q(this.O(G()), this.O(G()), this, this.options)) : i = e[s], i._$AI(r), s++;
    s < e.length && (this._$AR(i && i._$AB.nextSibling, s), e.length = s);
  }
  _$AR(t = this._$AA.nextSibling, e) {
    for (this._$AP?.(!1, !0, e); t !== this._$AB; ) {
      const i = St(t).nextSibling;
      St(t).remove(), t = i;
    }
  }
  setConnected(t) {
    this._$AM === void 0 && (this._$Cv = t, this._$AP?.(t));
  }
}
class rt {
  get tagName() {
    return this.element.tagName;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  constructor(t, e, i, s, r) {
    this.type = 1, this._$AH = g, this._$AN = void 0, this.element = t, this.name = e, this._$AM = s, this.options = r, i.length > 2 || i[0] !== "" || i[1] !== "" ? (this._$AH = Array(i.length - 1).fill(new String()), this.strings = i) : this._$AH = g;
  }
  _$AI(t, e = this, i, s) {
    const r = this.strings;
    let o = !1;
    if (r === void 0) t = D(this, t, e, 0), o = !K(t) || t !== this._$AH && t !== H, o && (this._$AH = t);
    else {
      const a = t;
      let l, h;
      for (t = r[0], l = 0; l < r.length - 1; l++) h = D(this, a[i + l], e, l), h === H && (h = this._$AH[l]), o ||= !K(h) || h !== this._$AH[l], h === g ? t = g : t !== g && (t += (h ?? "") + r[l + 1]), this._$AH[l] = h;
    }
    o && !s && this.j(t);
  }
  j(t) {
    t === g ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, t ?? "");
  }
}
class ye extends rt {
  constructor() {
    super(...arguments), this.type = 3;
  }
  j(t) {
    this.element[this.name] = t === g ? void 0 : t;
  }
}
class ve extends rt {
  constructor() {
    super(...arguments), this.type = 4;
  }
  j(t) {
    this.element.toggleAttribute(this.name, !!t && t !== g);
  }
}
class we extends rt {
  constructor(t, e, i, s, r) {
    super(t, e, i, s, r), this.type = 5;
  }
  _$AI(t, e = this) {
    if ((t = D(this, t, e, 0) ?? g) === H) return;
    const i = this._$AH, s = t === g && i !== g || t.capture !== i.capture || t.once !== i.once || t.passive !== i.passive, r = t !== g && (i === g || s);
    s && this.element.removeEventListener(this.name, this, i), r && this.element.addEventListener(this.name, this, t), this._$AH = t;
  }
  handleEvent(t) {
    typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, t) : this._$AH.handleEvent(t);
  }
}
class be {
  constructor(t, e, i) {
    this.element = t, this.type = 6, this._$AN = void 0, this._$AM = e, this.options = i;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  _$AI(t) {
    D(this, t);
  }
}
const xe = ft.litHtmlPolyfillSupport;
xe?.(Z, q), (ft.litHtmlVersions ??= []).push("3.3.3");
const Ae = (n, t, e) => {
  const i = e?.renderBefore ?? t;
  let s = i._$litPart$;
  if (s === void 0) {
    const r = e?.renderBefore ?? null;
    i._$litPart$ = s = new q(t.insertBefore(G(), r), r, void 0, e ?? {});
  }
  return s._$AI(n), s;
};
/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */
const _t = globalThis;
class V extends U {
  constructor() {
    super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
  }
  createRenderRoot() {
    const t = super.createRenderRoot();
    return this.renderOptions.renderBefore ??= t.firstChild, t;
  }
  update(t) {
    const e = this.render();
    this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(t), this._$Do = Ae(e, this.renderRoot, this.renderOptions);
  }
  connectedCallback() {
    super.connectedCallback(), this._$Do?.setConnected(!0);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this._$Do?.setConnected(!1);
  }
  render() {
    return H;
  }
}
V._$litElement$ = !0, V.finalized = !0, _t.litElementHydrateSupport?.({ LitElement: V });
const ke = _t.litElementPolyfillSupport;
ke?.({ LitElement: V });
(_t.litElementVersions ??= []).push("4.2.2");
const R = "var(--state-inactive-color, #8a8f94)", W = "var(--primary-color, #009ac7)", Bt = "var(--primary-text-color, #212121)", tt = "var(--error-color, #db4437)", Ee = {
  pv: "var(--energy-solar-color, #ff9800)",
  battery: "var(--energy-battery-out-color, #4db6ac)"
}, Nt = [
  [7, "#f66d9b"],
  [1, "#4269d0"],
  [8, "#9c6b4e"],
  [6, "#a463f2"],
  [5, "#97bbf5"],
  [3, "#ff725c"]
];
function Se(n) {
  let t = 0;
  const e = /* @__PURE__ */ new Set();
  return n.map(({ kind: i }) => {
    const s = Ee[i];
    if (s && !e.has(i))
      return e.add(i), s;
    const [r, o] = Nt[t++ % Nt.length];
    return `var(--color-${r}, ${o})`;
  });
}
const Me = {
  green: "var(--success-color, #43a047)",
  yellow: "var(--warning-color, #ffa600)",
  red: "var(--error-color, #db4437)",
  black: "var(--primary-text-color, #212121)"
};
function Pe({ geometry: n, colors: t, currency: e, now: i, formats: s, words: r }) {
  const o = n.level?.bottom ?? n.power.bottom;
  return v`
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" stroke=${W} stroke-width="1.6" opacity="0.45"></line>
      </pattern>
    </defs>
    ${n.ticks.map((a) => v`
      <line class=${a.midnight ? "midnight" : "grid"} x1=${a.x} x2=${a.x} y1=${n.band.bottom + 4} y2=${n.height}></line>`)}
    ${n.band.pieces.map((a) => v`
      <rect x=${a.x} y=${n.band.top} width=${Math.max(a.width, 0)} height=${n.band.bottom - n.band.top} rx="3" fill=${a.color}></rect>`)}
    ${Ce(n, e, r)}
    ${Te(n, t, s, r)}
    ${Oe(n, t, r)}
    <g class="axis">
      ${n.ticks.map((a) => v`
        <text x=${a.x} y=${n.axisTop + 12} text-anchor="middle" class=${a.midnight ? "day" : ""}>${a.label}</text>`)}
    </g>
    ${n.rows.map((a, l) => ze(a, n, t[l] ?? R, s, r))}
    ${Ne(n, i, o)}
  `;
}
function $t(n, t, e, i = "") {
  return v`
    ${t.ticks.map((s) => v`
      <line class=${s.zero ? "zero" : "grid"} x1=${n.left} x2=${n.right} y1=${s.y} y2=${s.y}></line>
      <text class="tick" x=${n.left - 6} y=${s.y + 3.5} text-anchor="end">${s.label}</text>`)}
    <text class="title" x=${n.left} y=${t.top - 7}>${e}${i ? v`<tspan class="hint" dx="10">${i}</tspan>` : g}</text>`;
}
function Ce(n, t, e) {
  const { price: i } = n;
  return i ? v`
    ${$t(n, i, e("axis.price", { unit: `${t}/kWh` }))}
    <path class="price" d=${i.known} fill=${W} opacity="0.22"></path>
    <path d=${i.expected} fill="url(#hatch)"></path>
    <path class="line" d=${i.line} stroke=${W}></path>
    <path class="line expected" d=${i.expectedLine} stroke=${W}></path>
    <path class="line thin" d=${i.exportLine} stroke="var(--energy-grid-return-color, #8353d1)"></path>
    ${i.expectedFrom === null || n.right - i.expectedFrom < 56 ? g : v`
      <text class="hint" x=${Math.max(i.expectedFrom, n.left) + 4} y=${i.top - 7}>${e("price.forecast")}</text>`}` : g;
}
function Te(n, t, e, i) {
  const { power: s } = n;
  return v`
    ${$t(n, s, i("axis.power"), i("axis.power_hint"))}
    <path d=${s.base} fill=${R} opacity="0.55"></path>
    ${s.layers.map((r, o) => v`<path class="layer" d=${r} fill=${t[o] ?? R}></path>`)}
    <path class="line halo" d=${s.net}></path>
    <path class="line net" d=${s.net} stroke=${Bt}></path>
    <path class="line limit" d=${s.importLimit} stroke=${tt}></path>
    <path class="line limit" d=${s.exportLimit} stroke=${tt}></path>
    ${s.above === null ? g : v`
      <text class="edge" x=${n.right} y=${s.top - 7} text-anchor="end">${n.narrow ? "" : i("power.limit_import")} ${e.power(s.above)} ↑</text>`}
    ${s.below === null ? g : v`
      <text class="edge" x=${n.right} y=${s.bottom - 4} text-anchor="end">${i("power.limit_export")} ${e.power(s.below)} ↓</text>`}`;
}
function Oe(n, t, e) {
  return n.level ? v`
    ${$t(n, n.level, e(n.level.unit === "%" ? "axis.level" : "axis.level_kwh"))}
    ${n.level.lines.map(({ path: i, device: s }) => v`<path class="line level" d=${i} stroke=${t[s] ?? R}></path>`)}` : g;
}
function ze(n, t, e, i, s) {
  const { device: r } = n, { run: o } = r, a = [];
  o && a.push(i.range(o.start, o.end)), r.kind === "appliance" && !o && a.push(s("row.nothing"));
  const l = o?.deadline ?? r.deadline;
  return l !== null && n.deadline !== null && a.push(s("row.deadline", { time: i.time(l) })), v`
    <g class="row">
      <text class="name" x=${t.left} y=${n.top - 5}><tspan>${r.name}</tspan><tspan class="hint" dx="8">${a.join(" · ")}</tspan></text>
      <rect class="track" x=${t.left} y=${n.top} width=${t.right - t.left} height=${n.bottom - n.top} rx="3"></rect>
      ${n.run === null ? g : v`
        <rect class="run" x=${n.run.x} y=${n.top} width=${n.run.width} height=${n.bottom - n.top} rx="3" fill=${e} stroke=${e}></rect>`}
      <path d=${n.area} fill=${e}></path>
      ${n.baseline > n.top + 1 && n.baseline < n.bottom - 1 ? v`<line class="zero" x1=${t.left} x2=${t.right} y1=${n.baseline} y2=${n.baseline}></line>` : g}
      ${n.deadline === null ? g : v`
        <line class="deadline" x1=${n.deadline} x2=${n.deadline} y1=${n.top - 2} y2=${n.bottom + 2}></line>
        <path class="flag" d="M${n.deadline} ${n.top - 2}l-6 3.5l6 3.5z"></path>`}
      <title>${r.name}: ${a.join(", ")}</title>
    </g>`;
}
function Ne(n, t, e) {
  if (t < n.x.domain[0] || t > n.x.domain[1]) return g;
  const i = n.x(t);
  return v`
    <line class="now" x1=${i} x2=${i} y1=${n.band.top} y2=${n.rows.length ? n.height : e}></line>
    <circle class="now-dot" cx=${i} cy=${n.band.top + 3} r="4.5"></circle>`;
}
const dt = "cem_sgcp", Le = {
  pv: "pv",
  battery: "battery",
  "ev charger": "ev_charger",
  appliance: "appliance",
  load: "load"
}, Lt = ["pv", "battery", "ev_charger", "appliance", "load", "other"];
function Ue(n) {
  const t = /* @__PURE__ */ new Map();
  for (const r of Object.values(n.entities)) {
    if (r.platform !== dt || !r.device_id || !r.translation_key || r.hidden) continue;
    const o = t.get(r.device_id) ?? {};
    o[r.translation_key] ??= r.entity_id, t.set(r.device_id, o);
  }
  const e = [], i = [];
  for (const [r, o] of t) {
    const a = n.devices[r], l = a && He(a);
    if (!a || !l) continue;
    const h = a.name_by_user || a.name || "";
    a.identifiers?.some(([c, u]) => c === dt && u === l) ? e.push({ entryId: l, deviceId: r, name: h, entities: o, devices: [] }) : i.push({ id: r, name: h, kind: Le[a.model ?? ""] ?? "other", entities: o, entryId: l });
  }
  for (const { entryId: r, ...o } of i)
    e.find((a) => a.entryId === r)?.devices.push(o);
  const s = (r, o) => r.name.localeCompare(o.name);
  for (const r of e)
    r.devices.sort((o, a) => Lt.indexOf(o.kind) - Lt.indexOf(a.kind) || s(o, a));
  return e.sort(s);
}
function pt(n, t) {
  const e = Ue(n);
  return e.find((i) => i.entryId === t) ?? (t ? void 0 : e[0]);
}
function He(n) {
  return n.config_entry_id ?? n.config_entries?.[0] ?? void 0;
}
const z = (n) => String(Math.round(n * 10) / 10);
function yt(n, t) {
  const e = [];
  return n.forEach((i, s) => {
    if (!t(s)) return;
    const r = e.at(-1), o = r?.at(-1);
    r && o === s - 1 && n[o]?.end === i.start ? r.push(s) : e.push([s]);
  }), e;
}
function N(n, t, e, i) {
  return yt(n, (s) => t[s] !== null && t[s] !== void 0).map(
    (s) => s.map((r, o) => {
      const { start: a, end: l } = n[r], h = z(i(t[r]));
      return `${o ? `V${h}` : `M${z(e(a))} ${h}`}H${z(e(l))}`;
    }).join("")
  ).join("");
}
function et(n, t, e, i, s) {
  return yt(n, (o) => t[o] != null && e[o] != null && t[o] !== e[o]).map((o) => {
    const a = N(o.map((h) => n[h]), o.map((h) => e[h] ?? null), i, s), l = [...o].reverse().map((h) => `V${z(s(t[h]))}H${z(i(n[h].start))}`).join("");
    return `${a}${l}Z`;
  }).join("");
}
function De(n, t, e, i) {
  return yt(n, (s) => t[s] !== null && t[s] !== void 0).map(
    (s) => s.map((r, o) => `${o ? "L" : "M"}${z(e(n[r].end))} ${z(i(t[r]))}`).join("")
  ).join("");
}
function ot(n, t) {
  const e = n[1] - n[0] || 1;
  return Object.assign((s) => t[0] + (s - n[0]) / e * (t[1] - t[0]), { domain: n, range: t });
}
function Re(n, t) {
  if (!(n > 0) || t < 1) return 1;
  const e = n / t, i = 10 ** Math.floor(Math.log10(e));
  return ([1, 2, 2.5, 5, 10].find((r) => r * i >= e * (1 - 1e-9)) ?? 10) * i;
}
function Ie(n, t, e) {
  const i = Re(t - n || Math.abs(t) || 1, e), s = Math.floor(n / i + 1e-9), r = Math.max(Math.ceil(t / i - 1e-9), s + 1), o = Array.from({ length: r - s + 1 }, (a, l) => Number(((s + l) * i).toPrecision(12)));
  return { domain: [o[0], o.at(-1)], ticks: o, step: i };
}
const J = 9e5;
function je(n, t, e, i) {
  const s = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: !1, timeZone: i }), r = [];
  let o = -1;
  for (let a = Math.ceil(n / J) * J; a <= t; a += J) {
    const [l = 0, h = 0] = s.format(a).split(":").map(Number), d = l % 24;
    h !== 0 || d % e !== 0 || d === o && a - (r.at(-1)?.at ?? 0) <= 4 * J || (r.push({ at: a, midnight: d === 0 }), o = d);
  }
  return r;
}
function Fe(n, t, e, i) {
  const s = e / Math.max((t - n) / 36e5, 1);
  return [1, 2, 3, 4, 6, 12, 24].find((r) => r * s >= i) ?? 24;
}
function Ve(n) {
  const t = n[0]?.length ?? 0, e = new Array(t).fill(0), i = new Array(t).fill(0);
  return n.map((s) => {
    const r = [], o = [];
    for (let a = 0; a < t; a++) {
      const l = s[a] ?? 0, h = l < 0 ? i : e, d = h[a], c = d + l;
      h[a] = c, r.push(Math.min(d, c)), o.push(Math.max(d, c));
    }
    return { low: r, high: o };
  });
}
function We(n) {
  let t = 0, e = 0;
  for (const i of n) {
    for (const s of i.low) t = Math.min(t, s);
    for (const s of i.high) e = Math.max(e, s);
  }
  return [t, e];
}
function Be(n, t, e = 25) {
  const i = [];
  return n.forEach((s, r) => {
    const o = t[r] ?? 0;
    if (Math.abs(o) < e) return;
    const a = i.at(-1), l = o * (s.end - s.start);
    a && a.end === s.start && Math.sign(a.energy) === Math.sign(o) ? (a.end = s.end, a.energy += l) : i.push({ start: s.start, end: s.end, energy: l, power: 0 });
  }), i.map(({ start: s, end: r, energy: o }) => ({ start: s, end: r, power: o / (r - s) }));
}
const Ut = 24;
function Ge(n, t, e, i) {
  const s = t < 520, r = s ? 34 : 46, o = Math.max(t - 8, r + 40), { steps: a } = n, l = a[0].start, h = a.at(-1).end, d = ot([l, h], [r, o]);
  let c = 2;
  const u = { top: c, bottom: c + 6, pieces: Ke(n, l, h, d) };
  c = u.bottom + 18;
  const f = Ze(a, d, c, s ? 64 : 78, i);
  f && (c = f.bottom + Ut);
  const m = qe(n, d, c, s ? 150 : 190, i);
  c = m.bottom + Ut;
  const $ = Je(n, d, c, s ? 50 : 58, i);
  $ ? c = $.bottom + 8 : c = m.bottom + 6;
  const w = c;
  c += 34;
  const y = n.devices.map((k, Qt) => Qe(k, a, d, c + Qt * 42, e)), b = y.length ? y.at(-1).bottom + 6 : w + 22, p = Fe(l, h, o - r, s ? 40 : 52), A = je(l, h, p, i.timeZone).map((k) => ({
    ...k,
    x: d(k.at),
    label: k.midnight ? i.shortDay(k.at) : i.hour(k.at)
  }));
  return { width: t, height: b, left: r, right: o, x: d, narrow: s, band: u, price: f, power: m, level: $, rows: y, ticks: A, axisTop: w };
}
function Ke(n, t, e, i) {
  if (!n.phase) return [];
  const s = (o, a, l) => ({ x: i(o), width: i(a) - i(o), color: Me[l] }), r = n.phaseUntil;
  return n.phase === "green" || r === null || r <= t || r >= e ? [s(t, e, n.phase)] : [s(t, r, n.phase), s(r, e, "green")];
}
function vt(n, t, e, i, s, r) {
  const { domain: o, ticks: a, step: l } = Ie(n, t, e), h = i + s, d = ot(o, [h, i]);
  return { top: i, bottom: h, scale: d, ticks: a.map((c) => ({ y: d(c), label: r(c, l), zero: c === 0 })) };
}
const wt = (n) => Math.max(0, Math.min(3, -Math.floor(Math.log10(n) + 1e-9) + (Number((n / 10 ** Math.floor(Math.log10(n))).toPrecision(3)) % 1 ? 1 : 0)));
function Ze(n, t, e, i, s) {
  const r = n.map((p) => p.importPrice), o = r.filter((p) => p !== null);
  if (!o.length) return null;
  const a = n.map((p) => p.exportPrice), l = a.filter((p) => p !== null), h = l.length > 0 && Math.max(...l) - Math.min(...l) > 1e-6, d = h ? [...o, ...l] : o;
  let c = Math.min(...d);
  const u = Math.max(...d, 0);
  c > 0 && c < u * 0.4 && (c = 0);
  const f = vt(c, u, 3, e, i, (p, A) => s.number(p, wt(A))), m = Math.min(Math.max(0, f.scale.domain[0]), f.scale.domain[1]), $ = n.map((p, A) => p.known ? r[A] ?? null : null), w = n.map((p, A) => p.known ? null : r[A] ?? null), y = n.map(() => m), b = n.findIndex((p) => !p.known);
  return {
    ...f,
    known: et(n, y, $, t, f.scale),
    expected: et(n, y, w, t, f.scale),
    line: N(n, $, t, f.scale),
    expectedLine: N(n, w, t, f.scale),
    exportLine: h ? N(n, a, t, f.scale) : "",
    expectedFrom: b < 0 ? null : t(n[b].start)
  };
}
function qe(n, t, e, i, s) {
  const { steps: r } = n, [o, ...a] = Ve([r.map((p) => p.base), ...n.devices.map((p) => p.power)]), l = [o, ...a].filter((p) => p !== void 0);
  let [h, d] = We(l);
  for (const { net: p } of r)
    h = Math.min(h, p), d = Math.max(d, p);
  d = Math.max(d, 500);
  const c = r.map((p) => p.importLimit), u = r.map((p) => p.exportLimit === null ? null : -Math.abs(p.exportLimit)), f = (p, A) => Math.abs(p) <= Math.abs(A) * 1.5 + 500;
  for (const p of c) p !== null && f(p, d) && (d = Math.max(d, p));
  for (const p of u) p !== null && f(p, h) && (h = Math.min(h, p));
  const m = vt(h / 1e3, d / 1e3, 5, e, i, (p, A) => s.number(p, wt(A))), $ = ot([m.scale.domain[0] * 1e3, m.scale.domain[1] * 1e3], m.scale.range), w = (p) => p !== null && p >= $.domain[0] && p <= $.domain[1] ? p : null, y = (p) => {
    const A = p.filter((k) => k !== null && w(k) === null);
    return A.length === p.length && A.length ? Math.min(...A.map(Math.abs)) : null;
  }, b = (p) => p ? et(r, p.low, p.high, t, $) : "";
  return {
    ...m,
    scale: $,
    base: b(o),
    layers: a.map(b),
    net: N(r, r.map((p) => p.net), t, $),
    importLimit: N(r, c.map(w), t, $),
    exportLimit: N(r, u.map(w), t, $),
    above: y(c),
    below: y(u)
  };
}
function Je(n, t, e, i, s) {
  const r = n.devices.map((c, u) => ({ device: c, at: u })).filter(({ device: c }) => c.level !== null);
  if (!r.length) return null;
  const o = r.every(({ device: c }) => c.capacity !== null && c.capacity > 0), a = (c, u) => u === null ? null : o ? u / c.capacity * 100 : u / 1e3, l = r.map(({ device: c, at: u }) => ({ at: u, values: (c.level ?? []).map((f) => a(c, f)) })), h = o ? 100 : Math.max(1, ...l.flatMap(({ values: c }) => c.filter((u) => u !== null))), d = vt(0, h, 2, e, i, (c, u) => s.number(c, wt(u)));
  return {
    ...d,
    unit: o ? "%" : "kWh",
    lines: l.map(({ at: c, values: u }) => ({ path: De(n.steps, u, t, d.scale), device: c }))
  };
}
function Qe(n, t, e, i, s) {
  const r = i + 16, o = i + 34, a = Math.max(0, ...n.power), l = Math.min(0, ...n.power), h = Math.max(a - l, 1), d = a === 0 && l < 0, c = d ? n.power.map((b) => -b) : n.power, u = ot(d ? [0, h] : [l, l + h], [o, r]), f = (b) => Math.min(Math.max(b, e.domain[0]), e.domain[1]), { run: m } = n, $ = m !== null && m.end > e.domain[0] && m.start < e.domain[1], w = $ ? e(f(m.start)) : 0, y = m?.deadline ?? n.deadline;
  return {
    device: n,
    top: r,
    bottom: o,
    area: et(t, c.map(() => 0), c, e, u),
    baseline: u(0),
    run: $ ? { x: w, width: Math.max(e(f(m.end)) - w, 3) } : null,
    deadline: y !== null && y > s && y <= e.domain[1] ? e(y) : null
  };
}
function nt(n) {
  return Array.isArray(n) ? n.filter((t) => typeof t == "object" && t !== null) : [];
}
function E(n) {
  return typeof n == "number" && Number.isFinite(n) ? n : null;
}
function S(n) {
  if (typeof n != "string") return null;
  const t = Date.parse(n);
  return Number.isFinite(t) ? t : null;
}
function Xe(n) {
  const t = [];
  for (const e of nt(n)) {
    const i = S(e.start), s = S(e.end);
    i === null || s === null || s <= i || t.length && i < t.at(-1).end || t.push({
      start: i,
      end: s,
      net: E(e.net_power) ?? 0,
      base: E(e.base_load) ?? 0,
      importPrice: E(e.import_price),
      exportPrice: E(e.export_price),
      known: e.price_known !== !1,
      importLimit: E(e.import_limit),
      exportLimit: E(e.export_limit)
    });
  }
  return t;
}
const Ye = ["green", "yellow", "red", "black"];
function tn(n) {
  const t = ["plan_status", "traffic_light", "import_limit", "import_price"].map((i) => n.entities[i]), e = n.devices.flatMap(
    ({ entities: i }) => ["planned_power", "planned_start", "ready_by"].map((s) => i[s])
  );
  return [...t, ...e].filter((i) => i !== void 0);
}
function en(n, t) {
  const e = (c) => c === void 0 ? void 0 : n.states[c], i = e(t.entities.plan_status), s = Xe(i?.attributes.series), r = new Map(s.map((c, u) => [c.start, u])), o = new Map(s.map((c, u) => [c.end, u])), a = t.devices.flatMap((c) => {
    const u = e(c.entities.planned_power);
    if (!u) return [];
    const f = new Array(s.length).fill(0);
    for (const y of nt(u.attributes.series)) {
      const b = r.get(S(y.start) ?? Number.NaN);
      b !== void 0 && (f[b] = E(y.power) ?? 0);
    }
    const m = nt(u.attributes.levels), $ = m.length ? new Array(s.length).fill(null) : null;
    for (const y of m) {
      const b = o.get(S(y.end) ?? Number.NaN);
      $ && b !== void 0 && ($[b] = E(y.level));
    }
    const w = e(c.entities.planned_start);
    return [
      {
        id: c.id,
        name: c.name,
        kind: c.kind,
        power: f,
        level: $,
        capacity: E(u.attributes.capacity),
        run: nn(w?.attributes),
        deadline: S(e(c.entities.ready_by)?.state)
      }
    ];
  }), l = e(t.entities.traffic_light)?.state, h = e(t.entities.import_limit), d = e(t.entities.import_price)?.attributes.unit_of_measurement;
  return {
    steps: s,
    devices: a,
    status: i?.state ?? "waiting",
    created: S(i?.attributes.created),
    phase: l !== void 0 && Ye.includes(l) ? l : null,
    phaseUntil: S(h?.attributes.until),
    currency: typeof d == "string" ? d.split("/")[0] ?? "" : ""
  };
}
function nn(n) {
  const t = nt(n?.runs), e = t.map((s) => S(s.start)).filter((s) => s !== null), i = t.map((s) => S(s.end)).filter((s) => s !== null);
  return !n || !e.length || !i.length ? null : {
    start: Math.min(...e),
    end: Math.max(...i),
    deadline: S(n.latest_end),
    cost: E(n.cost)
  };
}
function sn(n, t, e) {
  const i = n.steps.map((r, o) => r.end > t && r.start < e ? o : -1).filter((r) => r >= 0), s = (r) => i.map((o) => r[o]);
  return {
    ...n,
    steps: s(n.steps),
    devices: n.devices.map((r) => ({
      ...r,
      power: s(r.power),
      level: r.level && s(r.level)
    }))
  };
}
function Q(n, t) {
  const e = n.findIndex((i) => i.end > t);
  return e < 0 ? n.length - 1 : e;
}
function Gt(n, t, e) {
  const i = n.level?.[t];
  return i == null ? "" : n.capacity ? ` (${e.number(i / n.capacity * 100)} %)` : ` (${e.number(i / 1e3, 1)} kWh)`;
}
function rn(n, t, e, i, s) {
  const r = n.steps[t];
  if (!r) return [];
  const o = [];
  if (r.importPrice !== null) {
    const a = r.known ? "" : ` (${s("price.forecast")})`;
    o.push({ name: s("price.import"), value: i.price(r.importPrice) + a, color: W, shape: r.known ? "line" : "dashes" });
  }
  return o.push({ name: s("power.net"), value: i.power(r.net), color: Bt, shape: "line" }), r.importLimit !== null && o.push({ name: s("power.limit_import"), value: i.power(r.importLimit), color: tt, shape: "dashes" }), r.exportLimit !== null && o.push({ name: s("power.limit_export"), value: i.power(Math.abs(r.exportLimit)), color: tt, shape: "dashes" }), o.push({ name: s("power.base"), value: i.power(r.base), color: R, shape: "box" }), n.devices.forEach((a, l) => {
    o.push({
      name: a.name,
      value: i.power(a.power[t] ?? 0) + Gt(a, t, i),
      color: e[l] ?? R,
      shape: "box"
    });
  }), o;
}
function on(n, t, e) {
  let i = "";
  return x`
    <div class="table" tabindex="0" role="region" aria-label=${e("table.caption")}>
      <table>
        <caption>${e("table.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">${e("table.time")}</th>
            <th scope="col">${e("price.import")}<small>${n.currency}/kWh</small></th>
            <th scope="col">${e("power.net")}<small>W</small></th>
            <th scope="col">${e("power.base")}<small>W</small></th>
            ${n.devices.map((s) => x`<th scope="col">${s.name}<small>W</small></th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.steps.map((s, r) => {
    const o = t.day(s.start), a = o === i ? "" : o;
    return i = o, x`
              ${a ? x`<tr class="day"><th scope="rowgroup" colspan=${4 + n.devices.length}>${a}</th></tr>` : ""}
              <tr>
                <th scope="row">${t.range(s.start, s.end)}</th>
                <td>${s.importPrice === null ? "–" : t.number(s.importPrice, 3)}${s.known ? "" : "*"}</td>
                <td>${t.number(s.net)}</td>
                <td>${t.number(s.base)}</td>
                ${n.devices.map((l) => x`<td>${t.number(l.power[r] ?? 0)}${Gt(l, r, t)}</td>`)}
              </tr>
            `;
  })}
        </tbody>
      </table>
      ${n.steps.every((s) => s.known) ? "" : x`<p>* ${e("price.forecast")}</p>`}
    </div>
  `;
}
const an = re`
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
function Ht(n, t) {
  let e = null, i = null;
  for (const s of n) {
    const r = t(s);
    r !== null && ((e === null || r < t(e)) && (e = s), (i === null || r > t(i)) && (i = s));
  }
  return e && i ? { low: e, high: i } : null;
}
function ln(n, t, e) {
  const i = n.steps[0], s = n.steps.at(-1);
  if (!i || !s) return e("plan.waiting");
  const r = (h) => `${t.shortDay(h)} ${t.time(h)}`, o = [e("summary.title", { start: r(i.start), end: r(s.end) })];
  n.phase && o.push(`${e("phase.title")}: ${e(`phase.${n.phase}`)}.`);
  const a = Ht(n.steps, (h) => h.importPrice);
  a && o.push(
    e("summary.price", {
      low: t.price(a.low.importPrice),
      lowTime: r(a.low.start),
      high: t.price(a.high.importPrice),
      highTime: r(a.high.start)
    })
  );
  const l = Ht(n.steps, (h) => h.net);
  l && o.push(
    e("summary.net", {
      low: t.power(l.low.net),
      lowTime: r(l.low.start),
      high: t.power(l.high.net),
      highTime: r(l.high.start)
    })
  );
  for (const h of n.devices) {
    const d = Be(n.steps, h.power).slice(0, 4), c = d.length ? d.map((u) => `${r(u.start)} – ${t.time(u.end)}, ${t.power(u.power)}`).join("; ") : e("row.nothing");
    o.push(e("summary.device", { name: h.name, runs: c }));
  }
  return o.join(" ");
}
const lt = 36e5, cn = 3e4, hn = [12, 24, 48];
class dn extends V {
  static styles = an;
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
  _words = j("en");
  _onScreen = !0;
  _resize;
  _intersection;
  _timer;
  constructor() {
    super(), this._width = 0, this._selected = null, this._table = !1, this._hours = null, this._now = Date.now();
  }
  // ------------------------------------------------------------------ what dashboards ask of a card
  static getStubConfig(t) {
    const e = pt(t);
    return e ? { entry_id: e.entryId } : {};
  }
  static getConfigForm() {
    return {
      schema: [
        { name: "entry_id", selector: { config_entry: { integration: dt } } },
        { name: "title", selector: { text: {} } },
        { name: "hours", selector: { number: { min: 6, max: 72, step: 1, mode: "box", unit_of_measurement: "h" } } }
      ],
      computeLabel: (t) => {
        const e = j(document.documentElement.lang || navigator.language);
        return t.name === "entry_id" || t.name === "title" || t.name === "hours" ? e(`editor.${t.name}`) : void 0;
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
    this._config = t, this._hours = t.hours ?? null, this._site = void 0, this._data = {};
  }
  get hass() {
    return this._hass;
  }
  set hass(t) {
    const e = this._hass;
    this._hass = t, t && ((!e || e.entities !== t.entities || e.devices !== t.devices) && (this._site = void 0), !(this._site && e && e.locale === t.locale && e.language === t.language && !tn(this._site).some((s) => e.states[s] !== t.states[s])) && (this._data = {}));
  }
  // ------------------------------------------------------------------ when to work
  connectedCallback() {
    super.connectedCallback(), this._resize = new ResizeObserver(([t]) => {
      t && (this._width = Math.round(t.contentRect.width));
    }), this._resize.observe(this), typeof IntersectionObserver < "u" && (this._intersection = new IntersectionObserver((t) => {
      this._onScreen = t.at(-1)?.isIntersecting ?? !0, this._onScreen && this._wake();
    }), this._intersection.observe(this)), document.addEventListener("visibilitychange", this._wake), this._timer = setInterval(this._wake, cn);
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
    const e = this._hass, i = [this._config, this._width, this._hours, this._now, this._data];
    if (!e || !this._config || i.every((a, l) => a === this._drawn[l])) return;
    (this._data !== this._drawn[4] || this._config !== this._drawn[0]) && (this._site ??= pt(e, this._config.entry_id), this._words = j(e.language), this._whole = this._site && en(e, this._site), this._formats = ee(e, this._whole?.currency ?? "")), this._drawn = i;
    const s = this._whole, r = this._selected === null ? void 0 : this._plan?.steps[this._selected]?.start;
    this._plan = s && sn(s, this._now, this._now + this._shownHours * lt);
    const { _plan: o } = this;
    if (this._geometry = o?.steps.length && this._width && this._formats ? Ge(o, this._width - 32, this._now, this._formats) : void 0, r !== void 0) {
      const a = o?.steps.findIndex((l) => l.start === r) ?? -1;
      this._selected = a < 0 ? null : a;
    }
  }
  // ------------------------------------------------------------------ drawing
  render() {
    const t = this._words, { _plan: e, _formats: i } = this;
    return !this._hass || !this._config ? g : !this._site || !e || !i ? x`<ha-card><div class="message"><b>${t("empty.title")}</b><span>${t("empty.text")}</span></div></ha-card>` : x`
      <ha-card>
        ${this._header(e, i)}
        ${e.steps.length ? this._body(e, i) : x`<div class="message">${this._statusText(e, i)}</div>`}
      </ha-card>
    `;
  }
  _statusText(t, e) {
    const i = this._words;
    return t.status === "stale" ? i("plan.stale") : t.status === "failed" ? i("plan.failed") : !t.steps.length || t.created === null ? i("plan.waiting") : i("plan.made", { time: e.time(t.created) });
  }
  _header(t, e) {
    const i = this._words, s = t.status === "stale" || t.status === "failed", r = this._whole?.steps ?? [], o = r.length ? (r.at(-1).end - this._now) / lt : 0, a = hn.filter((l) => l <= o + 2);
    return x`
      <div class="header">
        <div class="heading">
          <h2>${this._config?.title ?? i("card.name")}</h2>
          <div class="status">
            ${t.phase ? x`<span class="phase"><i class="dot ${t.phase}"></i>${i("phase.title")}: ${i(`phase.${t.phase}`)}</span>` : g}
            <span class=${s ? "trouble" : ""}>${this._statusText(t, e)}</span>
          </div>
        </div>
        <div class="tools">
          ${a.length > 1 ? x`<div class="ranges" role="group" aria-label=${i("range.label")}>
                ${a.map(
      (l) => x`<button type="button" aria-pressed=${l === this._shownHours} @click=${() => this._hours = l}>${l} h</button>`
    )}
              </div>` : g}
          <button
            type="button"
            class="icon"
            aria-pressed=${this._table}
            aria-label=${i(this._table ? "table.hide" : "table.show")}
            title=${i(this._table ? "table.hide" : "table.show")}
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
    const i = this._words, s = Se(t.devices);
    if (this._table) return on(t, e, i);
    const r = this._geometry;
    if (!r) return x`<div class="chart"></div>`;
    const o = this._selected ?? Q(t.steps, this._now), a = t.steps[o];
    if (!a) return g;
    const l = rn(t, o, s, e, i);
    return x`
      <div class="readout">
        <span class="when">
          ${this._selected === null ? i("now") : `${e.shortDay(a.start)} ${e.range(a.start, a.end)}`}
        </span>
        ${l.map(
      (h) => x`<span class="item"><i class=${h.shape} style="--color: ${h.color}"></i>${h.name} <b>${h.value}</b></span>`
    )}
      </div>
      <div class="chart" style="height: ${r.height}px">
        <svg
          role="img"
          aria-label=${ln(t, e, i)}
          width=${r.width}
          height=${r.height}
          viewBox="0 0 ${r.width} ${r.height}"
        >
          ${this._selected === null ? g : this._marker(r, a)}
          ${Pe({ geometry: r, colors: s, currency: t.currency, now: this._now, formats: e, words: i })}
        </svg>
        <div
          class="reader"
          style="left: ${r.left}px; width: ${r.right - r.left}px"
          role="slider"
          tabindex="0"
          aria-label=${i("slider.label")}
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
    const i = t.x(e.start), s = t.x(e.end), r = Math.max(s - i, 2);
    return v`<rect class="marker" x=${(i + s - r) / 2} y="0" width=${r} height=${t.height}></rect>`;
  }
  // ------------------------------------------------------------------ reading a step
  _onPointer = (t) => {
    const { _geometry: e, _plan: i } = this;
    if (!e || !i) return;
    const s = t.currentTarget.getBoundingClientRect(), r = (t.clientX - s.left) / Math.max(s.width, 1), [o, a] = e.x.domain;
    this._selected = Q(i.steps, o + Math.min(Math.max(r, 0), 1) * (a - o));
  };
  _onLeave = (t) => {
    t.pointerType === "mouse" && (this._selected = null);
  };
  _onKey = (t) => {
    const e = this._plan?.steps ?? [], i = this._selected ?? Q(e, this._now), s = (l) => Q(e, (e[i]?.start ?? 0) + l * lt), o = {
      ArrowRight: () => i + 1,
      ArrowUp: () => i + 1,
      ArrowLeft: () => i - 1,
      ArrowDown: () => i - 1,
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
const pn = "custom:cem-sgcp-plan-card", Kt = {
  pv: "mdi:solar-power-variant",
  battery: "mdi:home-battery",
  ev_charger: "mdi:ev-station",
  appliance: "mdi:washing-machine",
  load: "mdi:power-plug",
  other: "mdi:power-plug"
}, un = { type: "entity" }, Zt = { columns: 6 }, B = { columns: "full" };
function _(n, t = {}) {
  if (n === void 0) return [];
  const e = { type: "tile", entity: n, name: un, grid_options: t.full ? B : Zt };
  return t.color && (e.color = t.color), t.features && (e.features = t.features.map((i) => ({ type: i, ...i === "numeric-input" ? { style: "buttons" } : {} })), e.features_position = t.full ? "inline" : "bottom"), [e];
}
function P(n, t, e = []) {
  const i = e.filter((s) => s !== void 0).map((s) => ({ type: "entity", entity: s, show_state: !0 }));
  return { type: "heading", heading: n, heading_style: "title", icon: t, ...i.length ? { badges: i } : {} };
}
function C(n, t, e) {
  return t.length ? [{ type: "grid", cards: [n, ...t] }] : [];
}
function mn(n, t) {
  const { entities: e } = n;
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
        cards: [{ type: pn, entry_id: n.entryId, grid_options: B }]
      },
      ...C(P(t("heading.connection"), "mdi:transmission-tower"), [
        ..._(e.traffic_light),
        ..._(e.net_power),
        ..._(e.import_limit),
        ..._(e.export_limit),
        ..._(e.limit_exceeded),
        ..._(e.plan_status)
      ]),
      ...C(P(t("heading.costs"), "mdi:cash-clock"), [
        ..._(e.planned_cost_today),
        ..._(e.planned_cost_tomorrow),
        ..._(e.next_start),
        ..._(e.import_price),
        ..._(e.replan, { features: ["button"], full: !0 })
      ]),
      ...C(
        P(t("heading.devices"), "mdi:devices"),
        n.devices.flatMap((i) => {
          const s = i.entities.device_state ?? i.entities.planned_power;
          return s === void 0 ? [] : [{ type: "tile", entity: s, name: i.name, icon: Kt[i.kind], grid_options: Zt }];
        })
      )
    ]
  };
}
function fn(n) {
  return [
    ..._(n.device_state),
    ..._(n.planned_power),
    ..._(n.planned_start),
    ..._(n.expected_cost),
    ..._(n.ready_by),
    ..._(n.announce),
    ..._(n.start_now),
    ..._(n.cancel),
    ..._(n.control, { features: ["toggle"], full: !0 }),
    ..._(n.target, { features: ["numeric-input"], full: !0 }),
    ..._(n.priority, { features: ["numeric-input"], full: !0 })
  ];
}
function gn(n, t) {
  return {
    title: t("view.devices"),
    path: "devices",
    icon: "mdi:devices",
    type: "sections",
    max_columns: 3,
    sections: n.devices.flatMap(
      (e) => C(P(e.name, Kt[e.kind]), fn(e.entities))
    )
  };
}
function _n(n, t, e) {
  const { entities: i } = t, s = (a) => n.config.components?.includes(a) ?? !1, r = ["net_power", "import_limit", "export_limit"].map((a) => i[a]).filter((a) => a !== void 0), o = i.decision;
  return {
    title: e("view.grid"),
    path: "grid",
    icon: "mdi:transmission-tower",
    type: "sections",
    max_columns: 3,
    sections: [
      ...C(P(e("heading.signals"), "mdi:traffic-light"), [
        ..._(i.traffic_light),
        ..._(i.lpc_state),
        ..._(i.import_limit),
        ..._(i.export_limit),
        ..._(i.limit_exceeded),
        ..._(i.import_price),
        ..._(i.export_price)
      ]),
      ...C(
        P(e("heading.power"), "mdi:chart-line"),
        s("history") && r.length ? [{ type: "history-graph", entities: r, hours_to_show: 24, grid_options: B }] : [..._(i.import_power), ..._(i.export_power)]
      ),
      ...C(P(e("heading.decisions"), "mdi:gavel"), [
        ..._(o, { full: !0 }),
        ...o !== void 0 && s("logbook") ? [{ type: "logbook", target: { entity_id: [o] }, hours_to_show: 48, grid_options: B }] : []
      ]),
      ...C(
        P(e("heading.calendar"), "mdi:calendar-clock"),
        i.plan === void 0 ? [] : [{ type: "calendar", entities: [i.plan], initial_view: "listWeek", grid_options: B }]
      )
    ]
  };
}
function $n(n) {
  return {
    title: n("view.plan"),
    path: "plan",
    icon: "mdi:chart-timeline",
    type: "sections",
    max_columns: 1,
    sections: [
      { type: "grid", cards: [{ type: "markdown", title: n("empty.title"), content: n("empty.text") }] }
    ]
  };
}
function yn(n, t) {
  const e = j(t.language), i = pt(t, n.entry_id);
  if (!i) return { views: [$n(e)] };
  const s = [mn(i, e), gn(i, e), _n(t, i, e)];
  return { title: i.name, views: s.filter((r) => r.sections.length) };
}
class vn extends HTMLElement {
  /** A new or renamed device shows without a reload. */
  static registryDependencies = ["entities", "devices"];
  static async generate(t, e) {
    return yn(t, e);
  }
}
const qt = "https://github.com/cem-sgcp/cem_sgcp";
function Jt(n, t) {
  return customElements.get(n) ? !1 : (customElements.define(n, t), !0);
}
const it = j(document.documentElement.lang || navigator.language);
Jt("cem-sgcp-plan-card", dn) && (window.customCards ??= []).push({
  type: "cem-sgcp-plan-card",
  name: it("card.name"),
  description: it("card.description"),
  preview: !0,
  documentationURL: qt
});
Jt("ll-strategy-dashboard-cem-sgcp", vn) && (window.customStrategies ??= []).push({
  type: "cem-sgcp",
  strategyType: "dashboard",
  name: it("strategy.name"),
  description: it("strategy.description"),
  documentationURL: qt
});
