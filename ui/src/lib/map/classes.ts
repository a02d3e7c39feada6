// Which class of its theme a feature belongs to. Styles, legend and signs all go by it.
import type { Theme } from "$lib/bindings/Theme";

/** What GeoJSON gives with a feature. */
export type Properties = Readonly<Record<string, unknown>>;

/** The classes of each theme as the legend lists them; what has none is drawn as its theme's last. */
export const CLASSES = {
  buildings: ["civic", "house"],
  streets: ["main", "through", "local", "service", "pedestrian", "cycle", "foot", "rail"],
  landuse: ["park", "grass", "scrub", "pitch", "home", "offices", "works", "basin", "ground"],
  water: ["water"],
  trees: ["tree"],
  transit: ["station", "tram", "bus", "stop"],
  plain: ["plain"],
} as const satisfies Record<Theme, readonly string[]>;

/** A class of some theme. */
export type Class = (typeof CLASSES)[Theme][number];

const BY_VALUE: Partial<Record<Theme, Readonly<Record<string, Class>>>> = {
  streets: {
    primary: "main", primary_link: "main", motorway: "main", trunk: "main",
    secondary: "through", secondary_link: "through",
    tertiary: "local", tertiary_link: "local", residential: "local", unclassified: "local", living_street: "local",
    service: "service", track: "service",
    pedestrian: "pedestrian", platform: "pedestrian",
    cycleway: "cycle",
    footway: "foot", path: "foot", steps: "foot", corridor: "foot", elevator: "foot",
  },
  landuse: {
    park: "park", garden: "park",
    grass: "grass", meadow: "grass", village_green: "grass",
    scrub: "scrub", wood: "scrub", forest: "scrub",
    pitch: "pitch", playground: "pitch", fitness_station: "pitch",
    residential: "home",
    commercial: "offices", civil: "offices", retail: "offices",
    construction: "works", brownfield: "works",
    basin: "basin", reservoir: "basin",
  },
};

const CIVIC = new Set([
  "church", "cathedral", "chapel", "museum", "university", "public", "train_station", "library", "place_of_worship",
  "theatre", "townhall", "courthouse", "school",
]);

/** The class of a feature. */
export function classOf(theme: Theme, properties: Properties): Class {
  switch (theme) {
    case "buildings":
      return CIVIC.has(text(properties["building"])) || CIVIC.has(text(properties["amenity"])) ? "civic" : "house";
    case "streets":
      return BY_VALUE.streets?.[text(properties["highway"])] ?? "rail";
    case "landuse":
      for (const key of ["landuse", "leisure", "natural"]) {
        const found = BY_VALUE.landuse?.[text(properties[key])];
        if (found) return found;
      }
      return "ground";
    case "transit":
      if (properties["railway"] === "station" || properties["public_transport"] === "station") return "station";
      if (properties["railway"] === "tram_stop") return "tram";
      return properties["highway"] === "bus_stop" ? "bus" : "stop";
    case "water":
      return "water";
    case "trees":
      return "tree";
    case "plain":
      return "plain";
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
