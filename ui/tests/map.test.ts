import { describe, expect, test } from "vitest";
import { chains } from "$lib/map/chains";
import { CLASSES, classOf } from "$lib/map/classes";
import { scaleOf } from "$lib/map/scale";
import type { Theme } from "$lib/bindings/Theme";
import { HEAD, ROW, columnWidths, scrollFor, sliceOf } from "../src/screens/project/rows";

describe("joining street pieces", () => {
  const piece = (key: string, ...line: number[][]) => ({ key, line });

  test("pieces of one name join end to end, whichever way they run", () => {
    const joined = chains([piece("a", [0, 0], [1, 0]), piece("a", [2, 0], [1, 0]), piece("a", [-1, 0], [0, 0])]);
    expect(joined).toHaveLength(1);
    const line = joined[0]?.line.map(([x]) => x) ?? [];
    expect([line, [...line].reverse()]).toContainEqual([-1, 0, 1, 2]);
  });
  test("other names and gaps stay apart", () => {
    expect(chains([piece("a", [0, 0], [1, 0]), piece("b", [1, 0], [2, 0]), piece("a", [5, 0], [6, 0])])).toHaveLength(3);
  });
  test("where three meet, none is lost and none is used twice", () => {
    const joined = chains([piece("a", [0, 0], [1, 0]), piece("a", [1, 0], [2, 0]), piece("a", [1, 0], [1, 1])]);
    expect(joined.map(({ line }) => line.length).sort()).toEqual([2, 3]);
  });
  test("a ring ends where it began", () => {
    expect(chains([piece("a", [0, 0], [1, 0]), piece("a", [1, 0], [0, 0])])[0]?.line).toHaveLength(3);
  });
  test("a lone point is no street", () => {
    expect(chains([piece("a", [0, 0])])).toEqual([]);
  });
});

test("every feature has a class that its theme's legend knows", () => {
  for (const theme of Object.keys(CLASSES) as Theme[]) {
    for (const properties of [{}, { highway: "steps" }, { building: "church" }, { landuse: "lane" }, { natural: 3 }]) {
      expect(CLASSES[theme] as readonly string[]).toContain(classOf(theme, properties));
    }
  }
  expect(classOf("buildings", { building: "yes", amenity: "library" })).toBe("civic");
  expect(classOf("landuse", { leisure: "park" })).toBe("park");
  expect(classOf("transit", { public_transport: "station" })).toBe("station");
});

test("the scale is a round length that fits", () => {
  for (const resolution of [0.05, 0.3, 1, 1.6, 7, 40, 900]) {
    const { metres, pixels } = scaleOf(resolution);
    expect(String(metres).replace(/[0.]/g, "")).toMatch(/^[125]$/);
    expect(pixels).toBeLessThanOrEqual(110);
    expect(pixels).toBeGreaterThan(30);
  }
});

describe("a long table", () => {
  test("draws only the rows in sight and a few more", () => {
    const { first, last } = sliceOf(1000 * ROW, 300, 2435);
    expect(first).toBeLessThan(1000);
    expect(last - first).toBeLessThan(30);
    expect(sliceOf(0, 300, 3)).toEqual({ first: 0, last: 3 });
    expect(sliceOf(99_999, 300, 3)).toEqual({ first: 3, last: 3 });
  });
  test("has columns as wide as their text, within reason", () => {
    expect(columnWidths([[10, 4], [1, 2], [5, 900]])).toEqual({
      columns: "72px minmax(calc(4.30rem + 24px), 10fr) minmax(calc(2.58rem + 24px), 6fr) minmax(calc(11.18rem + 24px), 26fr)",
      least: "calc(18.06rem + 144px)",
    });
  });
  test("scrolls only as far as needed, and never hides a row below the head", () => {
    expect(scrollFor(2, 0, 300)).toBe(0);
    expect(scrollFor(0, 500, 300)).toBe(0);
    const scrolled = scrollFor(100, 0, 300);
    expect(100 * ROW + HEAD + ROW).toBeLessThanOrEqual(scrolled + 300);
  });
});
