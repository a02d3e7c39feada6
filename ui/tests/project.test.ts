import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { choose } from "$lib/fluent/index.svelte";
import type { Row } from "$lib/features";
import { PLAIN, keepLayers, keepPanels, recallLayers, recallPanels } from "../src/screens/project/choices";
import { columnWidths } from "../src/screens/project/columns";
import { OneByOne, turnOf } from "../src/screens/project/coming";
import { filterRows, isNumeric, sortRows } from "../src/screens/project/table";
import { moveFor, typedTo, type TreeNode } from "../src/screens/project/tree";
import { Walk } from "../src/screens/project/walk";

let held: Record<string, string> = {};
beforeEach(() => {
  held = {};
  vi.stubGlobal("document", { documentElement: {} });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => void (held[key] = value),
    removeItem: (key: string) => delete held[key],
  });
  choose("en");
});
afterEach(() => vi.unstubAllGlobals());

describe("the layer tree", () => {
  const node = (id: string, open: boolean | null, title = id): TreeNode => {
    const [layer = "", kind = null] = id.split("/");
    return { id, layer, kind, title, open };
  };
  const nodes = [node("trees", null, "Street trees"), node("streets", true, "Streets"), node("streets/main", null, "Main"), node("water", false, "Water")];
  const move = (key: string, at: string) => moveFor(key, nodes, at);

  test("goes up and down over what is to be seen", () => {
    expect(move("ArrowDown", "streets")).toEqual({ to: "streets/main" });
    expect(move("ArrowUp", "trees")).toEqual({ to: "trees" });
    expect(move("End", "trees")).toEqual({ to: "water" });
    expect(move("Home", "water")).toEqual({ to: "trees" });
  });
  test("right unfolds, then goes in; left goes out, then folds", () => {
    expect(move("ArrowRight", "water")).toEqual({ fold: "water", open: true });
    expect(move("ArrowRight", "streets")).toEqual({ to: "streets/main" });
    expect(move("ArrowLeft", "streets/main")).toEqual({ to: "streets" });
    expect(move("ArrowLeft", "streets")).toEqual({ fold: "streets", open: false });
    expect(move("ArrowLeft", "trees")).toEqual({ to: "trees" });
  });
  test("Space hides, Enter chooses, other keys are not the tree's", () => {
    expect(move(" ", "streets/main")).toEqual({ toggle: "streets/main" });
    expect(move("Enter", "water")).toEqual({ choose: "water" });
    expect(move("Tab", "water")).toBeNull();
    expect(move("ArrowDown", "gone")).toBeNull();
  });
  test("typing finds by the title", () => {
    expect([typedTo("s", nodes, "trees"), typedTo("m", nodes, "trees"), typedTo("zz", nodes, "trees")]).toEqual(["streets", "streets/main", null]);
  });
});

describe("how layers are looked at", () => {
  test("is kept by person and project, and only where it differs", () => {
    keepLayers("me", "p", new Map([["a", { ...PLAIN, opacity: 0.4, without: ["main"] }], ["b", PLAIN]]));
    expect(recallLayers("me", "p")("a")).toEqual({ ...PLAIN, opacity: 0.4, without: ["main"] });
    expect(recallLayers("me", "p")("b")).toEqual(PLAIN);
    expect(recallLayers("you", "p")("a")).toEqual(PLAIN);
    keepLayers("me", "p", new Map([["a", PLAIN]]));
    expect(Object.keys(held)).not.toContain("polder.project.me.p");
  });
  test.each(["{", "[]", '{"a":7}', '{"a":{"opacity":"1","hidden":1,"without":{"0":"x"}}}', '{"a":{"opacity":null,"folded":"no"}}'])(
    "is not trusted: %s",
    (text) => {
      held["polder.project.me.p"] = text;
      expect(recallLayers("me", "p")("a")).toEqual(PLAIN);
    },
  );
  test("an opacity has its bounds", () => {
    held["polder.project.me.p"] = '{"a":{"opacity":7},"b":{"opacity":-1}}';
    expect([recallLayers("me", "p")("a").opacity, recallLayers("me", "p")("b").opacity]).toEqual([1, 0]);
  });
  test("panels keep within what fits", () => {
    keepPanels("me", { layers: 9999, shown: false, table: 1 });
    expect(recallPanels("me")).toEqual({ layers: 400, shown: false, table: 20 });
    expect(recallPanels("you")).toEqual({ layers: 264, shown: true, table: 40 });
  });
});

describe("layers come in", () => {
  test("water and land first, one at a time", async () => {
    expect(["trees", "buildings", "landuse", "water"].sort((a, b) => turnOf(a as "trees") - turnOf(b as "trees"))).toEqual(["water", "landuse", "buildings", "trees"]);
    const done: string[] = [];
    const line = new OneByOne();
    let running = 0;
    const act = (name: string) => async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      done.push(name);
      running -= 1;
    };
    await Promise.all([line.add(4, act("trees")), line.add(2, act("streets")), line.add(0, act("water"))]);
    expect(done).toEqual(["water", "streets", "trees"]);
  });
  test("one that breaks does not stop the others", async () => {
    const line = new OneByOne();
    const broken = line.add(0, () => Promise.reject(new Error("broken")));
    const next = line.add(1, () => Promise.resolve());
    await expect(broken).rejects.toThrow("broken");
    await expect(next).resolves.toBeUndefined();
  });
});

describe("going through what is in view", () => {
  const view = () => ["a", "b", "c"];
  test("begins in the middle, and leads out at both ends", () => {
    const walk = new Walk();
    expect(walk.step(1, null, view)).toBe("a");
    expect(walk.step(1, "a", view)).toBe("b");
    expect([walk.at, walk.length]).toEqual([1, 3]);
    expect(walk.step(-1, "b", view)).toBe("a");
    expect(walk.step(-1, "a", view)).toBeNull();
    expect(walk.step(1, "c", view)).toBeNull();
    expect(new Walk().step(-1, null, view)).toBeNull();
    expect(new Walk().step(1, null, () => [])).toBeNull();
  });
  test("keeps its order while the map follows, and makes a new one when the person moved the map", () => {
    const walk = new Walk();
    walk.step(1, null, view);
    expect(walk.step(1, "a", () => ["c", "a"])).toBe("b");
    walk.again();
    expect(walk.step(1, "b", () => ["x", "b", "y"])).toBe("y");
  });
  test("what was clicked is where it begins", () => {
    expect(new Walk().step(1, "b", view)).toBe("c");
    expect(new Walk().step(1, "elsewhere", view)).toBe("a");
  });
  test("after Esc, Tab leads out until the map has the focus anew", () => {
    const walk = new Walk();
    walk.step(1, null, view);
    walk.end();
    expect(walk.step(1, null, view)).toBeNull();
    walk.leave();
    expect(walk.step(1, null, view)).toBe("a");
  });
});

describe("the table", () => {
  const row = (name: string, lanes: string, highway = "residential"): Row => ({ key: `s:${name}`, kind: "local", properties: { name, lanes, highway } });
  const rows = [row("Kaivokatu", "10"), row("Äyritie", "9"), row("", ""), row("Aleksanterinkatu", "2", "primary")];
  const columns = ["name", "lanes", "highway"];

  test("filters by what is shown, not by what the file says", () => {
    expect(filterRows(rows, columns, "main street").map(({ properties }) => properties["name"])).toEqual(["Aleksanterinkatu"]);
    expect(filterRows(rows, columns, "ayri")).toHaveLength(1);
    expect(filterRows(rows, columns, " ")).toHaveLength(4);
  });
  test("sorts numbers by size, and nothing stays last both ways", () => {
    const lanes = (down: boolean) => sortRows(rows, "lanes", down, "en").map(({ properties }) => properties["lanes"]);
    expect(lanes(false)).toEqual(["2", "9", "10", ""]);
    expect(lanes(true)).toEqual(["10", "9", "2", ""]);
  });
  test("knows columns of numbers", () => {
    expect([isNumeric(rows, "lanes"), isNumeric(rows, "name"), isNumeric(rows, "none")]).toEqual([true, false, false]);
  });
  test("has columns as wide as their text, within reason", () => {
    expect(columnWidths([[10, 4], [1, 2], [5, 900]])).toEqual({
      columns: "72px minmax(calc(4.30rem + 24px), 10fr) minmax(calc(2.58rem + 24px), 6fr) minmax(calc(11.18rem + 24px), 26fr)",
      least: "calc(18.06rem + 144px)",
    });
  });
});
