import { beforeEach, describe, expect, test, vi } from "vitest";
import { columnsOf, comparer, parseLayer, propertyName, rowsOf, titleOf, valueWords } from "$lib/features";
import { choose } from "$lib/fluent/index.svelte";

const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;
const collection = (...properties: (object | null)[]) => ({
  type: "FeatureCollection" as const,
  features: properties.map((each) => ({
    type: "Feature" as const,
    properties: each,
    geometry: { type: "Point" as const, coordinates: [24.9, 60.1] },
  })),
});

beforeEach(() => {
  vi.stubGlobal("document", { documentElement: {} });
  choose("en");
});

describe("a layer's bytes", () => {
  test("are read when they are a feature collection", () => {
    expect(parseLayer(bytes(JSON.stringify(collection({ a: 1 }))))?.features).toHaveLength(1);
  });
  test.each([
    ["no JSON", "{ no"],
    ["nothing", ""],
    ["null", "null"],
    ["a lone feature", '{"type":"Feature"}'],
    ["another kind of collection", '{"type":"Topology","features":[]}'],
    ["features that are no list", '{"type":"FeatureCollection","features":{}}'],
  ])("are refused when they are %s", (_, text) => expect(parseLayer(bytes(text))).toBeNull());
  test("are refused when they are not UTF-8", () => {
    const text = JSON.stringify(collection({ name: "?" }));
    const broken = new TextEncoder().encode(text).map((byte, i) => (i === text.indexOf("?") ? 0xff : byte));
    expect(parseLayer(broken.buffer as ArrayBuffer)).toBeNull();
  });
});

describe("rows and columns", () => {
  const rows = rowsOf("roads", "streets", collection({ osm_id: 7, lanes: "2", name: "Kaivokatu" }, { osm_id: 8, surface: "" , lanes: "1" }, null));

  test("each row is known by its layer and place", () => {
    expect(rows.map(({ key }) => key)).toEqual(["roads:0", "roads:1", "roads:2"]);
  });
  test("the name comes first, the number last, and what is never known has no column", () => {
    expect(columnsOf(rows)).toEqual(["name", "lanes", "osm_id"]);
  });
  test("street and house number are one address", () => {
    const [row] = rowsOf("b", "buildings", collection({ "addr:street": "Kaivokatu", "addr:housenumber": "2" }));
    expect(row?.properties).toEqual({ address: "Kaivokatu 2" });
  });
});

describe("words for data", () => {
  test("known keys and values have words in the person's language", () => {
    expect(propertyName("building:levels")).toBe("Storeys");
    expect(valueWords("highway", "residential")).toBe("Residential street");
    expect(valueWords("landuse", "residential")).toBe("Residential");
    choose("nl");
    expect(valueWords("highway", "residential")).toBe("Woonstraat");
  });
  test("unknown ones are shown as they stand, readably", () => {
    expect(propertyName("roof:shape_kind")).toBe("Roof shape kind");
    expect(valueWords("surface", "paved;cobblestone")).toBe("Paved cobblestone");
  });
  test("a name is never taken for a word of the data's language", () => {
    expect(valueWords("name", "park")).toBe("park");
  });
  test("what is no text is still shown", () => {
    expect(valueWords("x", 3)).toBe("3");
    expect(valueWords("x", null)).toBe("");
    expect(valueWords("x", { a: [1] })).toBe('{"a":[1]}');
  });
  test("a feature is called by its name, else by what it is", () => {
    const title = (properties: object) => titleOf("streets", { key: "s:0", properties: { ...properties }, kind: "local" });
    expect(title({ name: "Kaivokatu", highway: "primary" })).toBe("Kaivokatu");
    expect(title({ highway: "steps" })).toBe("Steps");
    expect(title({})).toBe("Street");
  });
});

test("sorting counts numbers and keeps nothing last", () => {
  expect(["10", "", "9", null, "b", "A"].sort(comparer("en-GB"))).toEqual(["9", "10", "A", "b", "", null]);
});
