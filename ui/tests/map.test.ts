import { describe, expect, test } from "vitest";
import { chains } from "$lib/map/chains";
import { CLASSES, classOf } from "$lib/map/classes";
import { cardPlace, nearestFirst, type Box } from "$lib/map/nearest";
import { mixed } from "$lib/map/palette";
import { firstResolution, scaleOf } from "$lib/map/scale";
import { cover, paintOf, subjectOf } from "$lib/map/sketch";
import type { Theme } from "$lib/bindings/Theme";

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

describe("the first view", () => {
  test("is filled by the area", () => {
    expect(firstResolution([0, 0, 1000, 500], 1000, 400)).toBe(1);
  });
  test("shows a fair part of an area that is much longer than the map", () => {
    expect(firstResolution([0, 0, 100, 10_000], 100, 100)).toBe(40);
  });
  test("survives an area without a size", () => {
    expect(firstResolution([5, 5, 5, 5], 100, 100)).toBeGreaterThan(0);
  });
});

describe("features in view", () => {
  const view: Box = [0, 0, 100, 100];
  test("come nearest to the middle first, and what is out of view does not come", () => {
    const all: [string, Box][] = [
      ["corner", [0, 0, 2, 2]], ["out", [101, 0, 110, 10]], ["middle", [49, 49, 51, 51]], ["near", [60, 50, 62, 52]],
    ];
    expect(nearestFirst(all, view)).toEqual(["middle", "near", "corner"]);
  });
  test("count for their part in view", () => {
    expect(nearestFirst([["point", [50, 70, 50, 70]], ["long", [40, 50, 9000, 50]]], view)).toEqual(["point", "long"]);
    expect(nearestFirst([["point", [50, 90, 50, 90]], ["long", [40, 50, 9000, 50]]], view)).toEqual(["long", "point"]);
  });
  test("that lie on each other keep the layers' order", () => {
    expect(nearestFirst([["top", [50, 50, 50, 50]], ["below", [50, 50, 50, 50]]], view)).toEqual(["top", "below"]);
  });
});

describe("the card of what is held", () => {
  const map = { width: 1000, height: 600 };
  const card = { width: 288, height: 200 };
  test("stands left when nothing is there", () => {
    expect(cardPlace([500, 100, 520, 120], map, card)).toEqual({ side: "left", up: 0 });
    expect(cardPlace([50, 100, 60, 120], map, card)).toEqual({ side: "left", up: 0 });
  });
  test("moves right when it would cover it", () => {
    expect(cardPlace([50, 500, 60, 520], map, card)).toEqual({ side: "right", up: 0 });
  });
  test("stays left, and the map moves, where there is no room at the right", () => {
    const { side, up } = cardPlace([50, 500, 60, 520], { width: 500, height: 600 }, card);
    expect([side, up > 0]).toEqual(["left", true]);
    expect(520 - up).toBeLessThan(600 - 12 - card.height);
  });
  test("does not move the map for what is larger than it", () => {
    expect(cardPlace([-500, -400, 1500, 900], map, card)).toEqual({ side: "left", up: 0 });
  });
});

describe("a small picture", () => {
  const part = (theme: Theme, kind: string, shape: "area" | "line" | "dot" = "area") => ({ theme, class: kind, shape, paths: [] });
  const colour = (token: string) => (token === "map-land" ? "rgb(0, 0, 0)" : "rgb(200, 100, 50)");

  test("is covered, whatever its shape", () => {
    expect(cover({ width: 640, height: 400 }, 320, 100)).toEqual({ scale: 0.5, left: 0, top: -50 });
    expect(cover({ width: 640, height: 400 }, 100, 200)).toEqual({ scale: 0.5, left: -110, top: 0 });
  });
  test("is about its top layer, unless that is all there is", () => {
    const parts = [part("landuse", "park"), part("trees", "tree", "dot")];
    expect(subjectOf({ width: 1, height: 1, parts })).toBe("trees");
    expect(subjectOf({ width: 1, height: 1, parts: parts.slice(0, 1) })).toBeNull();
    expect(subjectOf({ width: 1, height: 1, parts: [] })).toBeNull();
  });
  test("draws its subject in full and the rest nearer to the paper", () => {
    const full = paintOf(part("buildings", "house"), "buildings", 0.5, colour);
    const quiet = paintOf(part("buildings", "house"), "trees", 0.5, colour);
    expect(full?.fill).toBe("rgb(200, 100, 50)");
    expect(quiet?.fill).toBe("rgb(140, 70, 35)");
  });
  test("leaves out what would be a haze", () => {
    expect(paintOf(part("streets", "foot", "line"), "trees", 0.5, colour)).toBeNull();
    expect(paintOf(part("streets", "foot", "line"), "streets", 0.3, colour)).toBeNull();
    expect(paintOf(part("streets", "foot", "line"), "streets", 0.6, colour)).not.toBeNull();
    expect(paintOf(part("transit", "bus", "dot"), "trees", 0.5, colour)).toBeNull();
  });
  test("draws every class of every theme in some way", () => {
    for (const [theme, kinds] of Object.entries(CLASSES) as [Theme, readonly string[]][]) {
      const shape = theme === "streets" ? "line" : theme === "trees" || theme === "transit" ? "dot" : "area";
      for (const kind of [...kinds, "unheard-of"]) expect(paintOf(part(theme, kind, shape), theme, 1, colour), kind).not.toBeNull();
    }
  });
  test("mixes colours", () => {
    expect(mixed("rgb(0, 100, 200)", "rgb(100, 100, 100)", 0.25)).toBe("rgb(25, 100, 175)");
  });
});
