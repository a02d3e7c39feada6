import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clock, count, dateTime, day, hue, initials, metres, part, place, roughSize, size, span, speed } from "$lib/format";

const zone = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "Europe/Helsinki";
});
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const at = (iso: string) => Date.parse(iso) / 1000;
/** 23 November 2026, 08:14 in Helsinki. */
const NOW = at("2026-11-23T06:14:00Z");
/** Intl separates with spaces that do not break. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/gu, " ");

test("times stand in the person's zone and locale", () => {
  expect(dateTime("en-GB", NOW)).toBe("23 Nov 2026, 08:14");
  expect(clock("nl-NL", NOW)).toBe("08:14");
  expect(plain(clock("en-US", NOW))).toBe("8:14 AM");
});

describe("days", () => {
  test("today and yesterday have words", () => {
    expect(day("en-GB", at("2026-11-22T22:01:00Z"), NOW)).toBe("today");
    expect(day("en-GB", at("2026-11-22T21:59:00Z"), NOW)).toBe("yesterday");
    expect(day("nl-NL", at("2026-11-22T12:00:00Z"), NOW)).toBe("gisteren");
  });
  test("earlier days are dates, with the year when it is another", () => {
    expect(day("en-GB", at("2026-11-19T12:00:00Z"), NOW)).toBe("19 Nov");
    expect(day("en-GB", at("2025-11-19T12:00:00Z"), NOW)).toBe("19 Nov 2025");
  });
  test("the day on which the clock changes still counts as one", () => {
    expect(day("en-GB", at("2026-10-25T12:00:00Z"), at("2026-10-26T12:00:00Z"))).toBe("yesterday");
    expect(day("en-GB", at("2026-03-29T12:00:00Z"), at("2026-03-30T12:00:00Z"))).toBe("yesterday");
  });
});

test("sizes have few digits and never a thousand of a unit", () => {
  expect(plain(size("en-GB", 0))).toBe("0 bytes");
  expect(plain(size("en-GB", 999))).toBe("999 bytes");
  expect(plain(size("en-GB", 999_499))).toBe("999 kB");
  expect(plain(size("en-GB", 999_900))).toBe("1.0 MB");
  expect(plain(size("nl-NL", 3_942_000))).toBe("3,9 MB");
  expect(plain(size("en-GB", 142_000_000))).toBe("142 MB");
});

test("spans name their largest unit, whatever their sign", () => {
  expect(span("en-GB", -259_200)).toBe("3 days");
  expect(span("en-GB", 5400)).toBe("2 hours");
  expect(span("nl-NL", 60)).toBe("1 minuut");
  expect(span("en-GB", 0)).toBe("0 seconds");
});

test("numbers, lengths and places follow the locale", () => {
  expect(count("en-GB", 2435)).toBe("2,435");
  expect(count("nl-NL", 2435)).toBe("2.435");
  expect(plain(metres("en-GB", 200))).toBe("200 m");
  expect(plain(metres("en-GB", 2000))).toBe("2 km");
  expect(place("nl-NL", 24.94418, 60.17013)).toBe("60,17013° N  24,94418° E");
  expect(place("en-GB", -0.5, -1)).toBe("1.00000° S  0.50000° W");
});

test("a person's sign is the same each time", () => {
  expect(initials("Aino Maria Virtanen")).toBe("AV");
  expect(initials("  örjan ")).toBe("Ö");
  expect(initials("")).toBe("");
  expect(hue("0a".repeat(16))).toBe(hue("0a".repeat(16)));
  for (let i = 0; i < 50; i += 1) expect([1, 2, 3, 4, 5, 6]).toContain(hue(`id ${i}`));
});

test("a part of a size is counted as the whole is", () => {
  expect(part("en-GB", 3_072_000, 6_400_000)).toEqual({ done: "3.1", total: expect.stringMatching(/^6\.4.MB$/u) });
  expect(part("nl-NL", 900, 6_400_000).done).toBe("0,0");
  expect(part("en-GB", 40_000, 800_000).done).toBe("40");
  expect(part("en-GB", 7_000_000, 6_400_000).done).toBe("6.4");
});

test("a speed has two digits and never less than kilobytes", () => {
  expect(plain(speed("en-GB", 332_800))).toBe("333 kB/s");
  expect(plain(speed("en-GB", 3_328_000))).toBe("3.3 MB/s");
  expect(plain(speed("nl-NL", 12_400_000))).toMatch(/^12 MB\/s/);
  expect(plain(speed("en-GB", 300))).toBe("0.3 kB/s");
});

test("a size that somebody acts on is rough and stays on one line", () => {
  expect(roughSize("en-GB", 58_400_000)).toBe("58\u00a0MB");
  expect(roughSize("nl-NL", 1_234_000_000)).toBe("1,2\u00a0GB");
});
