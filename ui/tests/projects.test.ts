import { afterEach, describe, expect, test, vi } from "vitest";
import type { Sketch } from "$lib/bindings/Sketch";
import type { Summary } from "$lib/bindings/Summary";
import { Typed, findTyped, plainly } from "$lib/find";
import { minutesAgo } from "$lib/format";
import { rowFor, scrollFor, sliceOf } from "$lib/rows";
import { countsOf, matching, pinnedFirst, pressed, sortBy, sorted } from "../src/screens/projects/arrange";
import { GAP, bandOf, bandsInSight, bandsOf, cardFor, columnsFor } from "../src/screens/projects/bands";
import { keepLook, keepPins, keepWelcomed, recallLook, recallPins, recallWelcomed } from "../src/screens/projects/choices";
import { Sketches } from "../src/screens/projects/sketches";

const person = (id: string, name = id) => ({ id, name });
const project = (id: string, name: string, rest: Partial<Summary> = {}, at = 0, bytes = 0): Summary => ({
  id, name, description: "", owner: person("me"), access: "write",
  latest: { number: 1, author: person("me"), saved_at: at, note: "", bytes }, ...rest,
});
const names = (projects: readonly Summary[]) => projects.map(({ name }) => name);

/** A localStorage of our own. */
const storage = (held: Record<string, string> = {}) => {
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => void (held[key] = value),
    removeItem: (key: string) => delete held[key],
  });
  return held;
};

afterEach(() => vi.unstubAllGlobals());

describe("arranging projects", () => {
  const all = [
    project("1", "Zebra crossing", { owner: person("you", "Aino") }, 30, 5),
    project("2", "Älvsjö", {}, 10, 50),
    project("3", "Area 10", { owner: person("you", "Bert"), access: "read" }, 20, 500),
    project("4", "Area 9", {}, 20, 5),
  ];

  test("last changed comes first, names from A with numbers as numbers", () => {
    expect(names(sorted(all, sortBy("changed"), "me", "en"))).toEqual(["Zebra crossing", "Area 9", "Area 10", "Älvsjö"]);
    expect(names(sorted(all, sortBy("name"), "me", "en"))).toEqual(["Älvsjö", "Area 9", "Area 10", "Zebra crossing"]);
    expect(names(sorted(all, sortBy("size"), "me", "en"))[0]).toBe("Area 10");
    expect(names(sorted(all, sortBy("owner"), "me", "en"))[0]).toBe("Zebra crossing");
    expect(names(sorted(all, sortBy("right"), "me", "en")).at(-1)).toBe("Area 10");
  });
  test("a heading that is pressed again turns round", () => {
    expect(pressed(sortBy("name"), "name")).toEqual({ order: "name", down: true });
    expect(pressed(sortBy("name"), "size")).toEqual({ order: "size", down: true });
  });
  test("the filter knows neither case nor accents, and looks at names only", () => {
    expect(names(matching(all, "all", "  alvs", "me"))).toEqual(["Älvsjö"]);
    expect(matching(all, "all", "bert", "me")).toEqual([]);
    expect(matching(all, "shared", "area", "me")).toHaveLength(1);
  });
  test("each share counts its own", () => {
    expect(countsOf(all, "me")).toEqual({ all: 4, yours: 2, shared: 2 });
    expect(matching(all, "yours", "", "me")).toHaveLength(2);
  });
  test("pinned ones come first and keep their order", () => {
    const { all: found, pinned } = pinnedFirst(all, new Set(["4", "2", "gone"]));
    expect([names(found), pinned]).toEqual([["Älvsjö", "Area 9", "Zebra crossing", "Area 10"], 2]);
  });
});

describe("what is kept", () => {
  test("comes back", () => {
    storage();
    keepLook("me", { view: "list", sort: { order: "size", down: false } });
    keepPins("me", new Set(["a", "b"]));
    expect(recallLook("me")).toEqual({ view: "list", sort: { order: "size", down: false } });
    expect(recallPins("me")).toEqual(new Set(["a", "b"]));
    expect(recallLook("you").view).toBe("cards");
    expect(recallPins("you").size).toBe(0);
  });
  test("welcomes each person once", () => {
    storage();
    expect(recallWelcomed("me")).toBe(false);
    keepWelcomed("me");
    expect(recallWelcomed("me")).toBe(true);
    expect(recallWelcomed("you")).toBe(false);
  });
  test.each(["", "null", "[]", "{", '{"view":"globe","order":"__proto__","down":"yes"}', "7", '"cards"'])(
    "is not trusted: %j",
    (text) => {
      storage({ "polder.look.me": text, "polder.pins.me": text });
      expect(recallLook("me")).toEqual({ view: "cards", sort: { order: "changed", down: true } });
      expect(recallPins("me").size).toBe(0);
    },
  );
  test("is done without where there is no storage", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(() => keepPins("me", new Set(["a"]))).not.toThrow();
    expect(recallPins("me").size).toBe(0);
  });
});

describe("bands of cards", () => {
  const sizes = { width: 1216, heading: 28, caption: 58, text: 1 };
  const { bands, height } = bandsOf(14, 3, sizes);

  test("pinned cards stand three wide and the rest four, each part under its heading", () => {
    expect(columnsFor(1216, 1)).toEqual({ pinned: 3, rest: 4 });
    expect(bands.map(({ kind, first, count }) => [kind, first, count])).toEqual([
      ["pinned", 0, 0], ["cards", 0, 3], ["rest", 0, 0], ["cards", 3, 4], ["cards", 7, 4], ["cards", 11, 3],
    ]);
    expect(height).toBe(bands.reduce((sum, band) => sum + band.height, 0));
    expect(bandsOf(14, 0, sizes).bands[0]?.kind).toBe("cards");
    expect(bandsOf(2, 2, sizes).bands.map(({ kind }) => kind)).toEqual(["pinned", "cards"]);
  });
  test("twice as large text has half as many columns, and smaller text no more than usual", () => {
    expect(columnsFor(1216, 2)).toEqual({ pinned: 1, rest: 2 });
    expect(columnsFor(1216, 0.8)).toEqual(columnsFor(1216, 1));
  });
  test("there is always one column", () => expect(columnsFor(100, 1)).toEqual({ pinned: 1, rest: 1 }));
  test("only those in sight exist, however many there are", () => {
    const many = bandsOf(10_000, 10, { ...sizes, width: 3700 }).bands;
    for (const scrolled of [0, 5000, 99_999]) {
      const { first, last } = bandsInSight(many, scrolled, 2000);
      const cards = many.slice(first, last).reduce((sum, band) => sum + band.count, 0);
      expect(cards).toBeLessThan(200);
      for (const band of many) {
        if (band.top < scrolled + 2000 && band.top + band.height > scrolled) {
          expect(many.indexOf(band)).toBeGreaterThanOrEqual(first);
          expect(many.indexOf(band)).toBeLessThan(last);
        }
      }
    }
  });
  test("arrows move in two directions", () => {
    const to = (key: string, from: number) => cardFor(key, from, 14, bands, 2);
    expect(to("ArrowRight", 2)).toBe(3);
    expect(to("ArrowLeft", 0)).toBe(0);
    // The third of three lies above the fourth of four.
    expect(to("ArrowDown", 2)).toBe(6);
    expect(to("ArrowUp", 6)).toBe(2);
    expect(to("ArrowDown", 10)).toBe(13);
    expect(to("ArrowDown", 13)).toBe(13);
    expect(to("PageDown", 0)).toBe(7);
    expect(to("End", 4)).toBe(13);
    expect(to("Home", 4)).toBe(0);
    expect(to("x", 4)).toBeUndefined();
  });
  test("a card is found in its band", () => {
    expect(bandOf(bands, 0)?.first).toBe(0);
    expect(bandOf(bands, 9)?.first).toBe(7);
    expect(bands[1]?.height).toBe(Math.round((1216 - 2 * GAP) / 3 / 2.5) + 58 + GAP);
  });
});

describe("a long list", () => {
  test("draws only the rows in sight and a few more", () => {
    const { first, last } = sliceOf(1000 * 36, 300, 2435, 36);
    expect(first).toBeLessThan(1000);
    expect(last - first).toBeLessThan(30);
    expect(sliceOf(0, 300, 3, 36)).toEqual({ first: 0, last: 3 });
    expect(sliceOf(99_999, 300, 3, 36)).toEqual({ first: 3, last: 3 });
  });
  test("scrolls only as far as needed, and never hides a row below the head", () => {
    expect(scrollFor(2, 0, 300, 36, 32)).toBe(0);
    expect(scrollFor(0, 500, 300, 36, 32)).toBe(0);
    const scrolled = scrollFor(100, 0, 300, 36, 32);
    expect(100 * 36 + 32 + 36).toBeLessThanOrEqual(scrolled + 300);
  });
  test("knows where keys lead", () => {
    expect([rowFor("PageDown", 5, 8, 10), rowFor("ArrowUp", 0, 8, 10), rowFor("End", 0, 8, 10), rowFor("a", 0, 8, 10)]).toEqual([7, 0, 7, undefined]);
  });
});

describe("typing to find", () => {
  const all = ["Esplanadi", "Ämäri", "Area", "Esplanade"];
  const find = (typed: string, from: number) => findTyped(typed, from, all.length, (i) => all[i] ?? "");
  test("one letter moves on, and round", () => {
    expect([find("e", 0), find("e", 3), find("ee", 3)]).toEqual([3, 0, 0]);
  });
  test("more letters may stay", () => expect([find("es", 0), find("area", 0), find("x", 0)]).toEqual([0, 2, -1]));
  test("accents do not count", () => {
    expect(find("am", 0)).toBe(1);
    expect(plainly("Töölö")).toBe("toolo");
  });
  test("a pause begins a new word", () => {
    const typed = new Typed();
    expect([typed.add("a", 0), typed.add("r", 100), typed.busy(200), typed.add("e", 5000)]).toEqual(["a", "ar", true, "e"]);
  });
});

describe("pictures", () => {
  const sketch: Sketch = { width: 1, height: 1, parts: [] };
  const one = (id: string) => project(id, id);
  const on = () => new AbortController();

  test("come four at a time, each once, and what left the view is not asked for", async () => {
    const asked: string[] = [];
    const doors: (() => void)[] = [];
    const sketches = new Sketches((id) => {
      asked.push(id);
      return new Promise((done) => doors.push(() => done(sketch)));
    });
    const gone = on();
    const all = ["1", "2", "3", "4", "5", "6"].map((id) => sketches.want(one(id), (id === "5" ? gone : on()).signal));
    expect(asked).toEqual(["1", "2", "3", "4"]);
    gone.abort();
    doors[0]?.();
    await all[0];
    await Promise.resolve();
    expect(asked).toEqual(["1", "2", "3", "4", "6"]);
    expect(sketches.known(one("1"))).toBe(sketch);
    await sketches.want(one("1"), on().signal);
    expect(asked).toHaveLength(5);
  });
  test("that cannot be had are asked for again only when the list is", async () => {
    let times = 0;
    const sketches = new Sketches(() => {
      times += 1;
      return Promise.reject(new Error("no"));
    });
    expect(await sketches.want(one("1"), on().signal)).toBeNull();
    expect(await sketches.want(one("1"), on().signal)).toBeNull();
    expect(times).toBe(1);
    sketches.again();
    await sketches.want(one("1"), on().signal);
    expect(times).toBe(2);
  });
});

test("what changed within the hour is told in minutes", () => {
  expect(minutesAgo("en-GB", 1000, 1000 + 12 * 60)).toMatch(/12\s*min/);
  expect(minutesAgo("en-GB", 1000, 1010)).toBe("now");
  expect(minutesAgo("en-GB", 1000, 1000 + 3600)).toBeNull();
  expect(minutesAgo("en-GB", 1000, 900)).toBeNull();
});
