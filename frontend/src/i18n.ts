// Words, numbers and times in the user's own way.
import { LANGUAGES, en, type StringKey } from "./strings";
import type { FrontendLocale, Hass } from "./types";

export type Localize = (key: StringKey, values?: Record<string, string | number>) => string;

/** The words of a language; "de-AT" falls back to "de", anything unknown to English. */
export function localizer(language: string | undefined): Localize {
  const wanted = language ?? "en";
  const words = LANGUAGES[wanted] ?? LANGUAGES[wanted.split("-")[0] ?? "en"] ?? en;
  return (key, values = {}) =>
    (words[key] ?? en[key]).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : String(value);
    });
}

const NUMBER_LOCALES: Record<string, string[]> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

function numberLocale(locale: FrontendLocale): string | string[] | undefined {
  if (locale.number_format === "system") return undefined;
  if (locale.number_format === "none") return "en-US";
  return NUMBER_LOCALES[locale.number_format] ?? locale.language;
}

/** Formats for one user: all times are epoch milliseconds, powers W, prices currency/kWh. */
export interface Formats {
  timeZone: string;
  number(value: number, digits?: number): string;
  /** W below a kilowatt, else kW; a full kilowatt has no decimals. */
  power(watts: number): string;
  price(value: number): string;
  time(at: number): string;
  hour(at: number): string;
  day(at: number): string;
  shortDay(at: number): string;
  range(start: number, end: number): string;
}

export function formatsOf(hass: Pick<Hass, "locale" | "config">, currency: string): Formats {
  const { locale } = hass;
  const timeZone = locale.time_zone === "server" ? hass.config.time_zone : browserZone();
  const numbers = numberLocale(locale);
  const useGrouping = locale.number_format !== "none";
  const twelve = hour12(locale);
  const times = locale.time_format === "system" ? undefined : locale.language;
  // Not hour12: false, which writes midnight as 24:00 in some languages.
  const hours = twelve ? ({ hour: "numeric", hourCycle: "h12" } as const) : ({ hour: "2-digit", hourCycle: "h23" } as const);
  const clock = new Intl.DateTimeFormat(times, { ...hours, minute: "2-digit", timeZone });
  const hourOnly = twelve ? new Intl.DateTimeFormat(times, { ...hours, timeZone }) : clock;
  const day = new Intl.DateTimeFormat(locale.language, { weekday: "short", day: "numeric", month: "short", timeZone });
  const shortDay = new Intl.DateTimeFormat(locale.language, { weekday: "short", timeZone });
  const perDigits = new Map<number, Intl.NumberFormat>();
  const number = (value: number, digits = 0): string => {
    let format = perDigits.get(digits);
    if (!format) {
      format = new Intl.NumberFormat(numbers, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        useGrouping,
      });
      perDigits.set(digits, format);
    }
    const text = format.format(value);
    return /[1-9]/.test(text) ? text : text.replace(/^[-−]/, ""); // there is no minus nought
  };
  return {
    timeZone,
    number,
    power: (watts) => (Math.abs(watts) < 1000 ? `${number(watts)} W` : `${number(watts / 1000, Math.round(watts / 100) % 10 ? 1 : 0)} kW`),
    price: (value) => `${number(value, 3)} ${currency}/kWh`,
    time: (at) => clock.format(at),
    hour: (at) => hourOnly.format(at),
    day: (at) => day.format(at),
    shortDay: (at) => shortDay.format(at),
    range: (start, end) => `${clock.format(start)} – ${clock.format(end)}`,
  };
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function hour12(locale: FrontendLocale): boolean {
  if (locale.time_format === "12") return true;
  if (locale.time_format === "24") return false;
  const asked = locale.time_format === "system" ? undefined : locale.language;
  return new Intl.DateTimeFormat(asked, { hour: "numeric" }).resolvedOptions().hour12 ?? false;
}
