// Small pictures of projects, for cards and rows. What a project is about, its top layer, stands out; the rest is
// paper to it, or the pictures of one town would all look alike.
import type { Sketch } from "$lib/bindings/Sketch";
import type { SketchPart } from "$lib/bindings/SketchPart";
import type { Theme } from "$lib/bindings/Theme";
import { mixed, palette, type Palette } from "./palette";

/** How one part is drawn. Widths and radii are in pixels of the picture. */
export interface Paint {
  fill: string | null;
  line: string | null;
  width: number;
  /** Below the line, wider: a street's edge. */
  casing: string | null;
  radius: number;
}

/** How a sketch lies in a picture: like `object-fit: cover`. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

/** Covers a picture of a size. */
export function cover(sketch: { width: number; height: number }, width: number, height: number): Placement {
  const scale = Math.max(width / sketch.width, height / sketch.height);
  return { scale, left: (width - sketch.width * scale) / 2, top: (height - sketch.height * scale) / 2 };
}

/** What the project is about: the theme of its top layer, unless nothing else is there to stand out from. */
export function subjectOf({ parts }: Sketch): Theme | null {
  const themes = new Set(parts.map(({ theme }) => theme));
  return themes.size > 1 ? (parts.at(-1)?.theme ?? null) : null;
}

/** How a part is drawn in a picture of a scale; null when it would only be noise at that size. */
export function paintOf(part: SketchPart, subject: Theme | null, scale: number, colour: Palette): Paint | null {
  const { theme } = part;
  const own = theme === subject;
  const quiet = subject !== null && !own;
  // Towards the paper: less so for what gives a place its shape.
  const soft = (token: string, by: number) => (quiet ? mixed(colour(token), colour("map-land"), by) : colour(token));
  const nothing: Paint = { fill: null, line: null, width: 0, casing: null, radius: 0 };
  switch (theme) {
    case "landuse":
      return { ...nothing, fill: soft(LAND[part.class] ?? "map-pedestrian", 0.12), line: own ? colour("map-tree") : null, width: 0.8 };
    case "water":
      return { ...nothing, fill: colour("map-water"), line: colour("map-water-line"), width: own ? 1.4 : 0.8 };
    case "buildings": {
      const token = part.class === "civic" ? "map-civic" : "map-building";
      return { ...nothing, fill: soft(token, 0.3), line: soft(`${token}-line`, own ? 0 : 0.62), width: own ? 1 : 0.6 };
    }
    case "streets":
      return street(part.class, own, scale, soft, nothing);
    case "trees": {
      const radius = Math.min(Math.max((own ? 6 : 4) * scale, own ? Math.min(2, scale * 9) : 0.7), own ? 4.5 : 2.4);
      return { ...nothing, fill: soft("map-tree", 0.3), line: own ? colour("map-tree-line") : null, width: 0.8, radius };
    }
    case "transit": {
      const station = part.class === "station";
      if (!own && !station) return null;
      const token = station ? "map-station" : part.class === "tram" ? "map-tram" : "map-bus";
      const radius = Math.min(Math.max((station ? 9 : 6) * scale, Math.min(2, scale * 11)), station ? 5 : 3.6) * (own ? 1 : 0.7);
      return { ...nothing, fill: soft(token, 0.4), line: colour("map-halo"), width: own ? 1.2 : 0.6, radius };
    }
    case "plain":
      return part.shape === "area"
        ? { ...nothing, fill: mixed(colour("text-3"), colour("map-land"), 0.75), line: colour("text-3"), width: 1 }
        : { ...nothing, fill: colour("text-3"), line: colour("text-3"), width: 1.2, radius: 2.5 };
  }
}

/** Draws a sketch over a whole canvas, sharp on its screen. */
export function drawSketch(canvas: HTMLCanvasElement, sketch: Sketch): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  // Nothing is read back: otherwise WebKitGTK notes down what is drawn and draws it anew each time the page is painted.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || width === 0 || height === 0) return;
  const dense = devicePixelRatio || 1;
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  const colour = palette();
  const { scale, left, top } = cover(sketch, width, height);
  const subject = subjectOf(sketch);
  context.fillStyle = colour("map-land");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const run of runs(sketch.parts)) {
    const drawn = run.flatMap((part) => {
      const paint = paintOf(part, subject, scale, colour);
      return paint ? [{ part, paint, path: pathOf(part, paint, scale) }] : [];
    });
    for (const layer of ["casing", "line"] as const) {
      for (const { part, paint, path } of drawn) {
        context.setTransform(scale * dense, 0, 0, scale * dense, left * dense, top * dense);
        if (layer === "casing") {
          if (paint.casing !== null) stroke(context, path, paint.casing, (paint.width + 1.2) / scale);
          continue;
        }
        if (paint.fill !== null && part.shape !== "line") {
          context.fillStyle = paint.fill;
          context.fill(path, part.shape === "area" ? "evenodd" : "nonzero");
        }
        if (paint.line !== null) stroke(context, path, paint.line, paint.width / scale);
      }
    }
  }
}

const LAND: Readonly<Record<string, string>> = {
  park: "map-park", grass: "map-grass", scrub: "map-scrub", pitch: "map-pitch", home: "map-home",
  offices: "map-block", works: "map-works", basin: "map-water", ground: "map-pedestrian",
};

/** Token, units wide, and the least that is still seen, by class. */
const STREET: Readonly<Record<string, [token: string, units: number, least: number]>> = {
  main: ["map-primary", 9, 1.8],
  through: ["map-secondary", 8, 1.6],
  local: ["map-street", 6, 1.1],
  pedestrian: ["map-pedestrian", 5, 0.9],
  service: ["map-service", 3, 0.6],
};

function street(
  kind: string,
  own: boolean,
  scale: number,
  soft: (token: string, by: number) => string,
  nothing: Paint,
): Paint | null {
  const found = STREET[kind];
  if (!found) {
    // Thousands of footways and tracks are a haze at this size.
    if (!own || scale < 0.4) return null;
    const token = kind === "cycle" ? "map-cycle" : kind === "foot" ? "map-foot" : "map-rail";
    return { ...nothing, line: soft(token, 0), width: 0.8 };
  }
  const [token, units, least] = found;
  const width = Math.max(units * scale * (own ? 1.15 : 1), least);
  // Ochre is for whom streets are the subject; elsewhere it only leads the eye a little.
  const by = token === "map-primary" || token === "map-secondary" ? 0.35 : 0;
  const edge = token === "map-service" || token === "map-pedestrian" ? "map-street-line" : `${token}-line`;
  return { ...nothing, line: soft(token, by), width, casing: width > 1.5 ? soft(edge, 0.55) : null };
}

/** Parts of one theme that follow each other: the edges of all its streets lie below all its streets. */
function runs(parts: readonly SketchPart[]): SketchPart[][] {
  const found: SketchPart[][] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (last?.[0]?.theme === part.theme) last.push(part);
    else found.push([part]);
  }
  return found;
}

function pathOf({ shape, paths }: SketchPart, { radius }: Paint, scale: number): Path2D {
  const path = new Path2D();
  for (const flat of paths) {
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const [x = 0, y = 0] = [flat[i], flat[i + 1]];
      if (shape === "dot") {
        path.moveTo(x + radius / scale, y);
        path.arc(x, y, radius / scale, 0, Math.PI * 2);
      } else if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (shape === "area") path.closePath();
  }
  return path;
}

function stroke(context: CanvasRenderingContext2D, path: Path2D, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
