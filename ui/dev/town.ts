// Sketches of the sample's town for the fake backend: another part of it for each project, about another subject.
import type { FeatureCollection, Position } from "geojson";
import type { Sketch } from "$lib/bindings/Sketch";
import type { SketchPart } from "$lib/bindings/SketchPart";
import type { Theme } from "$lib/bindings/Theme";
import { CLASSES, classOf } from "$lib/map/classes";

const WIDTH = 640;
const HEIGHT = 400;

/** A part of town: its middle in degrees and how many metres across. */
export interface View {
  longitude: number;
  latitude: number;
  metres: number;
  subject: Theme;
}

/** What a view shows of layers given from the bottom; the subject's own layer comes last. */
export function sketchOf(view: View, layers: readonly { theme: Theme; data: FeatureCollection }[]): Sketch {
  const across = 111_320 * Math.cos((view.latitude * Math.PI) / 180);
  const place = ([longitude = 0, latitude = 0]: Position): [number, number] => [
    ((longitude - view.longitude) * across * WIDTH) / view.metres + WIDTH / 2,
    ((view.latitude - latitude) * 111_320 * WIDTH) / view.metres + HEIGHT / 2,
  ];
  const parts = [...layers]
    .sort((a, b) => Number(a.theme === view.subject) - Number(b.theme === view.subject))
    .flatMap(({ theme, data }) => partsOf(theme, data, place));
  return { width: WIDTH, height: HEIGHT, parts };
}

function partsOf(theme: Theme, data: FeatureCollection, place: (at: Position) => [number, number]): SketchPart[] {
  const parts = new Map<string, SketchPart>();
  for (const { geometry, properties } of data.features) {
    const kind = classOf(theme, properties ?? {});
    const [shape, lines] =
      geometry.type === "Polygon" ? (["area", geometry.coordinates] as const)
      : geometry.type === "MultiPolygon" ? (["area", geometry.coordinates.flat()] as const)
      : geometry.type === "LineString" ? (["line", [geometry.coordinates]] as const)
      : geometry.type === "MultiLineString" ? (["line", geometry.coordinates] as const)
      : geometry.type === "Point" ? (["dot", [[geometry.coordinates]]] as const)
      : (["dot", []] as const);
    for (const line of lines) {
      const flat = line.map(place);
      const [xs, ys] = [flat.map(([x]) => x), flat.map(([, y]) => y)];
      if (Math.max(...xs) < -10 || Math.min(...xs) > WIDTH + 10 || Math.max(...ys) < -10 || Math.min(...ys) > HEIGHT + 10) continue;
      const key = `${kind} ${shape}`;
      const part = parts.get(key) ?? { theme, class: kind, shape, paths: [] };
      const path = flat.flat().map((value) => Math.round(value));
      if (shape === "dot") part.paths[0] = [...(part.paths[0] ?? []), ...path];
      else part.paths.push(path);
      parts.set(key, part);
    }
  }
  // As the legend lists them from its end: main streets lie above service roads.
  const order: readonly string[] = CLASSES[theme];
  return [...parts.values()].sort((a, b) => order.indexOf(b.class) - order.indexOf(a.class));
}
