// How each theme is drawn: land is paper, water the only strong hue. Colours come from the tokens, widths grow
// with the scale.
import type Feature from "ol/Feature";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style, { type StyleFunction } from "ol/style/Style";
import Text from "ol/style/Text";
import type { Theme } from "$lib/bindings/Theme";
import { classOf, type Class } from "./classes";
import { fontFamily, palette, thin } from "./palette";

/** Styles for one light or dark; made anew when that changes. */
export interface Drawing {
  /** For a theme's features. */
  theme(theme: Theme): StyleFunction;
  /** For the joined streets that carry names. */
  streetNames: StyleFunction;
  /** For what the person holds. */
  held: StyleFunction;
}

/** Metres of street; what a street measures on the ground is drawn a little wider, so that it can be seen. */
const WIDTH: Partial<Record<Class, number>> = {
  main: 11, through: 9.5, local: 7, pedestrian: 6, service: 3.2,
};
/** token, and its casing's, by class. */
const STREET: Partial<Record<Class, [string, string]>> = {
  main: ["map-primary", "map-primary-line"],
  through: ["map-secondary", "map-secondary-line"],
  local: ["map-street", "map-street-line"],
  pedestrian: ["map-pedestrian", "map-street-line"],
  service: ["map-service", "map-street-line"],
};
const LAND: Partial<Record<Class, string>> = {
  park: "map-park", grass: "map-grass", scrub: "map-scrub", pitch: "map-pitch", home: "map-home",
  offices: "map-block", works: "map-works", basin: "map-water", ground: "map-pedestrian",
};
/** Large areas below small ones. */
const LAND_ORDER: readonly Class[] = ["home", "offices", "ground", "works", "park", "grass", "scrub", "pitch", "basin"];
const STREET_ORDER: readonly Class[] = ["service", "pedestrian", "local", "through", "main"];

/** Reads the tokens of now. `shrink` is how much longer the projection makes a metre here. */
export function drawing(shrink: number): Drawing {
  const colour = palette();
  const face = fontFamily();
  // Few styles exist at one scale; features share them.
  const made = new Map<string, Style | Style[]>();
  const once = <S extends Style | Style[]>(key: string, make: () => S): S => {
    const found = made.get(key);
    if (found) return found as S;
    const fresh = make();
    made.set(key, fresh);
    return fresh;
  };
  const perMetre = (resolution: number) => shrink / resolution;
  const named = (feature: { get(key: string): unknown }) => {
    const name = feature.get("name");
    return typeof name === "string" && name !== "" ? name : null;
  };
  const label = (text: string, font: string, token: string, rest: object = {}) =>
    new Text({
      text,
      font: `${font} ${face}`,
      fill: new Fill({ color: colour(token) }),
      stroke: new Stroke({ color: colour("map-halo"), width: 3.2 }),
      ...rest,
    });

  const area = (fill: string, line: string | null, zIndex: number, width = 0.9) =>
    new Style({
      zIndex,
      fill: new Fill({ color: fill }),
      ...(line === null ? {} : { stroke: new Stroke({ color: line, width }) }),
    });

  const landuse: StyleFunction = (feature, resolution) => {
    const kind = classOf("landuse", feature.getProperties());
    const base = once(`land ${kind}`, () =>
      area(
        thin(colour(LAND[kind] ?? "map-land"), kind === "scrub" ? 0.75 : 1),
        kind === "basin" ? colour("map-water-line") : null,
        LAND_ORDER.indexOf(kind),
      ),
    );
    const name = named(feature);
    if (!name || kind !== "park" || perMetre(resolution) < 0.4) return base;
    return [base, new Style({ text: label(name, "italic 500 12px", "map-label-park", { overflow: false }) })];
  };

  const water: StyleFunction = (feature) => {
    const base = once("water", () => area(colour("map-water"), colour("map-water-line"), 0, 1));
    const name = named(feature);
    return name ? [base, new Style({ text: label(name, "italic 500 12px", "map-label-water") })] : base;
  };

  const streets: StyleFunction = (feature, resolution) => {
    const properties = feature.getProperties();
    const kind = classOf("streets", properties);
    const scale = perMetre(resolution);
    const k = Math.max(0.42, scale * 0.78);
    const pair = STREET[kind];
    if (pair) {
      const width = (WIDTH[kind] ?? 6) * k;
      return once(`street ${kind} ${width.toFixed(1)}`, () => {
        const order = STREET_ORDER.indexOf(kind);
        // All casings lie below all surfaces, or crossings would look cut.
        return [
          new Style({ zIndex: 10 + order, stroke: new Stroke({ color: colour(pair[1]), width: width + 1.6, lineCap: "round" }) }),
          new Style({ zIndex: 20 + order, stroke: new Stroke({ color: colour(pair[0]), width, lineCap: "round" }) }),
        ];
      });
    }
    if (kind === "cycle") {
      return once("cycle", () => [
        new Style({ zIndex: 30, stroke: new Stroke({ color: colour("map-cycle"), width: 1.3, lineDash: [5, 3] }) }),
      ]);
    }
    if (properties["highway"] === "steps") {
      return once("steps", () => [
        new Style({ zIndex: 5, stroke: new Stroke({ color: colour("map-foot"), width: 2.6, lineDash: [1.2, 1.4], lineCap: "butt" }) }),
      ]);
    }
    if (kind === "foot") {
      // From far away the many footways are a haze: thinner there.
      const width = scale < 0.5 ? 0.6 : 0.9;
      return once(`foot ${width}`, () => [
        new Style({ zIndex: 4, stroke: new Stroke({ color: colour("map-foot"), width, lineDash: [2.2, 2.6] }) }),
      ]);
    }
    return once("rail", () => [new Style({ zIndex: 3, stroke: new Stroke({ color: colour("map-rail"), width: 1 }) })]);
  };

  const buildings: StyleFunction = (feature, resolution) => {
    const properties = feature.getProperties();
    const civic = classOf("buildings", properties) === "civic";
    const roof = properties["building"] === "roof";
    const base = once(`building ${civic} ${roof}`, () =>
      area(
        thin(colour(civic ? "map-civic" : "map-building"), roof ? 0.55 : 1),
        colour(civic ? "map-civic-line" : "map-building-line"),
        0,
      ),
    );
    const name = named(feature);
    if (!name || perMetre(resolution) < 0.55) return base;
    const font = civic ? "500 11px" : "400 11px";
    return [base, new Style({ text: label(name, font, civic ? "map-label" : "map-label-2", { overflow: civic }) })];
  };

  const trees: StyleFunction = (_, resolution) => {
    const radius = Math.max(1.5, 2.7 * perMetre(resolution));
    return once(`tree ${radius.toFixed(1)}`, () =>
      new Style({
        image: new CircleStyle({
          radius,
          fill: new Fill({ color: thin(colour("map-tree"), 0.82) }),
          stroke: new Stroke({ color: thin(colour("map-tree-line"), 0.9), width: radius < 2 ? 0.3 : 0.8 }),
          declutterMode: "none",
        }),
      }),
    );
  };

  const transit: StyleFunction = (feature, resolution) => {
    const kind = classOf("transit", feature.getProperties());
    const small = perMetre(resolution) < 0.6;
    return once(`transit ${kind} ${small}`, () => {
      const halo = new Stroke({ color: colour("map-halo"), width: 1.5 });
      if (kind !== "station") {
        const radius = (kind === "tram" ? 4 : 3) - (small ? 0.8 : 0);
        const fill = new Fill({ color: colour(kind === "tram" ? "map-tram" : "map-bus") });
        return [
          new Style({ zIndex: kind === "tram" ? 2 : 1, image: new CircleStyle({ radius, fill, stroke: halo, declutterMode: "none" }) }),
        ];
      }
      const square = (radius: number, token: string, stroke?: Stroke) =>
        new Style({
          zIndex: 3,
          image: new RegularShape({
            points: 4, radius, angle: Math.PI / 4, fill: new Fill({ color: colour(token) }), declutterMode: "obstacle",
            ...(stroke ? { stroke } : {}),
          }),
        });
      return [square(10, "map-station", halo), square(4, "map-halo")];
    });
  };

  const plain: StyleFunction = () =>
    once("plain", () =>
      new Style({
        fill: new Fill({ color: thin(colour("text-3"), 0.12) }),
        stroke: new Stroke({ color: colour("text-3"), width: 1.5 }),
        image: new CircleStyle({
          radius: 4, fill: new Fill({ color: colour("text-3") }), declutterMode: "none",
          stroke: new Stroke({ color: colour("map-halo"), width: 1.5 }),
        }),
      }),
    );

  const streetNames: StyleFunction = (feature, resolution) => {
    const name = named(feature);
    const large = feature.get("large") === true;
    if (!name || (!large && perMetre(resolution) < 0.5)) return undefined;
    return new Style({
      zIndex: large ? 2 : 1,
      text: label(name, `500 ${large ? 12 : 11}px`, large ? "map-label" : "map-label-2", {
        placement: "line", repeat: 420, maxAngle: Math.PI / 8, padding: [2, 4, 2, 4],
      }),
    });
  };

  const held: StyleFunction = (feature, resolution) => {
    const type = (feature as Feature).getGeometry()?.getType() ?? "";
    const buoy = colour("buoy");
    const halo = colour("map-halo");
    if (type.endsWith("Point")) {
      return once("held point", () => [
        new Style({ zIndex: 1, image: new CircleStyle({ radius: 9.5, stroke: new Stroke({ color: halo, width: 6 }), declutterMode: "none" }) }),
        new Style({
          zIndex: 2,
          image: new CircleStyle({
            radius: 9.5, stroke: new Stroke({ color: buoy, width: 2.5 }), fill: new Fill({ color: thin(buoy, 0.22) }),
            declutterMode: "none",
          }),
        }),
      ]);
    }
    if (type.endsWith("LineString")) {
      const width = Math.max(5, 4 * perMetre(resolution));
      return once(`held line ${width.toFixed(1)}`, () => [
        new Style({ zIndex: 1, stroke: new Stroke({ color: halo, width: width + 6 }) }),
        new Style({ zIndex: 2, stroke: new Stroke({ color: buoy, width }) }),
      ]);
    }
    return once("held area", () => [
      new Style({ zIndex: 1, stroke: new Stroke({ color: halo, width: 6 }) }),
      new Style({ zIndex: 2, stroke: new Stroke({ color: buoy, width: 2.5 }), fill: new Fill({ color: thin(buoy, 0.22) }) }),
    ]);
  };

  const themes: Record<Theme, StyleFunction> = { buildings, streets, landuse, water, trees, transit, plain };
  return { theme: (theme) => themes[theme], streetNames, held };
}
