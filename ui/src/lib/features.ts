// Features as people read them: rows, columns and words for what GeoJSON says.
import type { FeatureCollection } from "geojson";
import type { Theme } from "$lib/bindings/Theme";
import "$lib/fluent/features";
import { maybe, t } from "$lib/fluent/index.svelte";
import { classOf, type Class, type Properties } from "$lib/map/classes";

/** One feature in the table and the card. */
export interface Row {
  /** `<layer>:<place in the file>`, as the map knows it. */
  key: string;
  properties: Properties;
  /** Its class in the legend. */
  kind: Class;
}

/** Reads a layer's bytes (RFC 7946); null when they are none. */
export function parseLayer(bytes: ArrayBuffer): FeatureCollection | null {
  try {
    const data: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isCollection(data) ? data : null;
  } catch {
    // Neither UTF-8 nor JSON: the caller says so in people's words.
    return null;
  }
}

/** The layer's features as rows, in the file's order. */
export function rowsOf(layer: string, theme: Theme, data: FeatureCollection): Row[] {
  return data.features.map((feature, i) => ({
    key: `${layer}:${i}`,
    properties: readable(feature.properties ?? {}),
    kind: classOf(theme, feature.properties ?? {}),
  }));
}

/** The columns of a table of these rows: the name first, then the more often known, the number last. */
export function columnsOf(rows: readonly Row[]): string[] {
  const known = new Map<string, number>();
  for (const { properties } of rows) {
    for (const [key, value] of Object.entries(properties)) {
      if (value !== null && value !== "") known.set(key, (known.get(key) ?? 0) + 1);
    }
  }
  const rank = (key: string) => (key === "name" ? -Infinity : key === "osm_id" ? Infinity : -(known.get(key) ?? 0));
  return [...known.keys()].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** What a property is called. */
export function propertyName(key: string): string {
  return maybe(`prop-${slug(key)}`) ?? sentence(key);
}

/** A property's value in words. */
export function valueWords(key: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (!CLASSED.has(key)) return text;
  return maybe(`val-${slug(key)}-${slug(text)}`) ?? maybe(`val-${slug(text)}`) ?? sentence(text);
}

/** What a feature is called: its name, else what it is. */
export function titleOf(theme: Theme, { properties }: Row): string {
  const name = properties["name"];
  if (typeof name === "string" && name !== "") return name;
  for (const key of KINDS[theme]) {
    const value = properties[key];
    if (typeof value === "string" && value !== "") return valueWords(key, value);
  }
  return t(`kind-${theme}`);
}

/** Compares two values as a person sorts: numbers by size, words by the language, nothing last. */
export function comparer(locale: string): (a: unknown, b: unknown) => number {
  const words = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  return (a, b) => {
    const [left, right] = [a ?? "", b ?? ""].map(String) as [string, string];
    if (left === "" || right === "") return left === right ? 0 : left === "" ? 1 : -1;
    return words.compare(left, right);
  };
}

/** Properties whose values are words of the data's own language. */
const CLASSED = new Set([
  "amenity", "building", "highway", "landuse", "leisure", "natural", "oneway", "public_transport", "railway", "surface", "water",
]);

const KINDS: Record<Theme, readonly string[]> = {
  buildings: ["address", "amenity", "building"],
  streets: ["highway"],
  landuse: ["leisure", "landuse", "natural"],
  water: ["water", "natural"],
  trees: ["species", "natural"],
  transit: ["railway", "highway", "public_transport"],
  plain: [],
};

/** Street and house number are one address to a reader. */
function readable(properties: Properties): Properties {
  const { "addr:street": street, "addr:housenumber": number, ...rest } = properties;
  if (street === undefined && number === undefined) return properties;
  return { ...rest, address: [street, number].filter((part) => part !== undefined).join(" ") };
}

function isCollection(data: unknown): data is FeatureCollection {
  return (
    typeof data === "object" &&
    data !== null &&
    "type" in data &&
    data.type === "FeatureCollection" &&
    "features" in data &&
    Array.isArray(data.features)
  );
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/gu, "-");
}

function sentence(text: string): string {
  const words = text.replace(/[_:;]+/gu, " ").trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
