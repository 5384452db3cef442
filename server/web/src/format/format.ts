/** Writes amounts, dates and times for one language and time zone. */
export interface Formatter {
  /** "€1,234.50": `digits` as the currency has, whatever the browser believes. */
  money(amount: number, currency: string, digits?: number): string;
  number(value: number): string;
  percent(value: number): string;
  /** Bytes as "1.5 MB", rounded down so that a limit is never told too large. */
  size(bytes: number): string;
  /** A civil date "2026-11-23", shown as that day in every zone. */
  date(civil: string): string;
  /** Month and day only. */
  shortDate(civil: string): string;
  /** An instant: the time alone today, with its day before that. */
  moment(instant: Date, now?: Date): string;
  /** "in 3 hours", "2 minutes ago". */
  relative(instant: Date, now?: Date): string;
}

/** @param timeZone an IANA name; one that the browser does not know is taken as the browser's own. */
export function formatter(locale: string, timeZone?: string): Formatter {
  const zone = knownZone(timeZone);
  const moneys = new Map<string, Intl.NumberFormat>();
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const dates = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const shortDates = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const times = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  const moments = new Intl.DateTimeFormat(locale, {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
  });
  const days = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  function money(amount: number, currency: string, digits?: number): string {
    const key = `${currency}/${digits ?? ""}`;
    let format = moneys.get(key);
    if (!format) {
      format = moneyFormat(locale, currency, digits);
      moneys.set(key, format);
    }
    return format.format(amount === 0 ? 0 : amount);
  }

  return {
    money,
    number: (value) => numbers.format(value),
    percent: (value) => percents.format(value / 100),
    size(bytes) {
      const [unit, size] = bytes < 1e6 ? (["kilobyte", 1e3] as const) : (["megabyte", 1e6] as const);
      const format = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
      return format.format(Math.floor((bytes / size) * 10) / 10);
    },
    date: (civil) => dates.format(civilDate(civil)),
    shortDate: (civil) => shortDates.format(civilDate(civil)),
    moment(instant, now = new Date()) {
      return days.format(instant) === days.format(now) ? times.format(instant) : moments.format(instant);
    },
    relative(instant, now = new Date()) {
      const seconds = (instant.getTime() - now.getTime()) / 1000;
      const [unit, size] = unitFor(Math.abs(seconds));
      return relatives.format(Math.round(seconds / size), unit);
    },
  };
}

/** Odoo's "2026-11-23 09:00:00" (UTC) or ISO 8601; null when it is neither. */
export function instantOf(text: string | false | null | undefined): Date | null {
  if (!text) return null;
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text) ? `${text.replace(" ", "T")}Z` : text;
  const instant = new Date(iso);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** "BE68 5390 0754 7034": an IBAN in groups of four, any other number as it is. */
export function accountNumber(raw: string): string {
  const plain = raw.replace(/\s+/g, "");
  return /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(plain) ? plain.replace(/(.{4})(?=.)/g, "$1 ") : raw;
}

function civilDate(civil: string): Date {
  return new Date(`${civil.slice(0, 10)}T00:00:00Z`);
}

function moneyFormat(locale: string, currency: string, digits?: number): Intl.NumberFormat {
  const fraction = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!/^[A-Z]{3}$/.test(currency)) return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, ...fraction });
  return new Intl.NumberFormat(locale, { style: "currency", currency, ...fraction });
}

function unitFor(seconds: number): [Intl.RelativeTimeFormatUnit, number] {
  if (seconds < 60) return ["second", 1];
  if (seconds < 3600) return ["minute", 60];
  if (seconds < 86_400) return ["hour", 3600];
  return ["day", 86_400];
}

function knownZone(timeZone: string | undefined): string | undefined {
  try {
    return timeZone ? new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined;
  }
}
