// Dates, numbers and sizes as the person's locale writes them. Times are seconds since 1970; "now" is passed in.

/** "23 Nov 2026, 08:14" */
export function dateTime(locale: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(at * 1000);
}

/** "08:14" */
export function clock(locale: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(at * 1000);
}

/** "23 Nov 2026, 08:14:05" */
export function precise(locale: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at * 1000);
}

/** "today", "yesterday", or the date: "19 Nov", with its year when that is not this one. */
export function day(locale: string, at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
  const sameYear = new Date(at * 1000).getFullYear() === new Date(now * 1000).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at * 1000);
}

/** "12 min ago" within the last hour, else null. */
export function minutesAgo(locale: string, at: number, now: number): string | null {
  const minutes = Math.floor((now - at) / 60);
  if (minutes < 0 || minutes >= 60) return null;
  const words = new Intl.RelativeTimeFormat(locale, { numeric: minutes === 0 ? "auto" : "always", style: "short" });
  return minutes === 0 ? words.format(0, "second") : words.format(-minutes, "minute");
}

/** "2,435" */
export function count(locale: string, number: number): string {
  return new Intl.NumberFormat(locale).format(number);
}

/** "82 %" of a share from 0 to 1. */
export function percent(locale: string, share: number): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** "3.9 MB"; thousands, as file managers count. */
export function size(locale: string, bytes: number): string {
  return sizeIn(locale, bytes, unitFor(bytes)).format(bytes / 1000 ** unitFor(bytes));
}

/** "58 MB", "1.2 GB": a size that somebody acts on, in two or three digits that stay on one line. */
export function roughSize(locale: string, bytes: number): string {
  const unit = unitFor(bytes);
  const words = new Intl.NumberFormat(locale, { style: "unit", unit: UNITS[unit] ?? "byte", unitDisplay: unit === 0 ? "long" : "short", maximumFractionDigits: bytes / 1000 ** unit < 10 ? 1 : 0 });
  return words.format(bytes / 1000 ** unit).replace(/\s/gu, "\u00a0");
}

/** "3.1" and "6.4 MB", for "3.1 of 6.4 MB": both as the whole is counted. */
export function part(locale: string, done: number, total: number): { done: string; total: string } {
  const unit = unitFor(total);
  const digits = sizeIn(locale, total, unit).resolvedOptions();
  const bare = new Intl.NumberFormat(locale, {
    maximumFractionDigits: digits.maximumFractionDigits ?? 0,
    minimumFractionDigits: digits.minimumFractionDigits ?? 0,
  });
  return { done: bare.format(Math.min(done, total) / 1000 ** unit), total: size(locale, total) };
}

/** "330 kB/s" */
export function speed(locale: string, bytesPerSecond: number): string {
  const unit = Math.max(unitFor(bytesPerSecond), 1);
  const value = bytesPerSecond / 1000 ** unit;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: `${UNITS[unit] ?? "kilobyte"}-per-second`,
    unitDisplay: "short",
    // Two digits are as much as a mean of a few seconds knows.
    maximumSignificantDigits: value < 100 ? 2 : 3,
  }).format(value);
}

/** "3 days", "2 hours", "5 minutes": the largest whole unit. */
export function span(locale: string, seconds: number): string {
  const steps = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  const whole = Math.abs(Math.round(seconds));
  const [unit, length] = steps.find(([, length]) => whole >= length) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(
    Math.round(whole / length),
  );
}

/** "100 m", "2 km" */
export function metres(locale: string, length: number): string {
  const far = length >= 1000;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: far ? "kilometer" : "meter",
    unitDisplay: "short",
    maximumFractionDigits: far ? 0 : length < 1 ? 1 : 0,
  }).format(far ? length / 1000 : length);
}

/** "60.17013° N, 24.94418° E" from degrees. */
export function place(locale: string, longitude: number, latitude: number): string {
  const degrees = new Intl.NumberFormat(locale, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
  const of = (value: number, plus: string, minus: string) =>
    `${degrees.format(Math.abs(value))}° ${value < 0 ? minus : plus}`;
  return `${of(latitude, "N", "S")}  ${of(longitude, "E", "W")}`;
}

/** Two letters for a person's sign. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/u).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : [parts[0]];
  return letters.map((part) => [...(part ?? "")][0] ?? "").join("").toLocaleUpperCase();
}

/** Which of six quiet colours a person's sign has: 1 to 6, the same for the same id. */
export function hue(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 6_000_003;
  return (sum % 6) + 1;
}

function daysBetween(at: number, now: number): number {
  const midnight = (seconds: number) => {
    const date = new Date(seconds * 1000);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  };
  // Rounded, for days of 23 and 25 hours.
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** In which power of a thousand so many bytes are counted. */
function unitFor(bytes: number): number {
  // 999.5 would be written as "1,000 kB".
  let unit = 0;
  for (let value = bytes; value >= 999.5 && unit < UNITS.length - 1; value /= 1000) unit += 1;
  return unit;
}

/** How a size is written in a unit; megabytes and more have one decimal while they are few. */
function sizeIn(locale: string, bytes: number, unit: number): Intl.NumberFormat {
  const decimals = unit >= 2 && bytes / 1000 ** unit < 100 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: UNITS[unit] ?? "byte",
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: decimals,
    minimumFractionDigits: decimals,
  });
}
