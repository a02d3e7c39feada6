// The drawing at the door: parcels between ditches, seen from above. The same every time.

/** A strip of land. */
export interface Parcel {
  x: number;
  y: number;
  width: number;
  height: number;
  kind: string;
  /** Furrows, as one path; empty for most. */
  furrows: string;
}

/** What the drawing holds, in the units of its 800 x 800 view. */
export interface Scene {
  parcels: Parcel[];
  farms: { x: number; y: number; trees: [number, number][] }[];
  /** Trees along the dyke. */
  row: [number, number][];
}

type Point = [number, number];

/** The canal, as two cubic curves. */
export const CANAL = "M-120 560C120 610 250 560 380 430S620 120 960 140";
/** The road on its dyke. */
export const ROAD = "M-120 524C112 572 228 530 354 406S604 84 960 104";

const ROWS: readonly [Point, Point, Point, Point][] = [
  [[-120, 505], [108, 552], [216, 512], [338, 390]],
  [[338, 390], [460, 268], [592, 66], [960, 86]],
];
const KINDS = ["grass", "grass", "park", "park", "scrub", "pitch", "home", "home", "land"];

/** Draws it. */
export function scene(): Scene {
  const random = mulberry(47);
  const parcels: Parcel[] = [];
  const farms: Scene["farms"] = [];
  for (let y = -420; y < 1300; y += 212) {
    let x = -420 + random() * 40;
    let last = "";
    while (x < 1300) {
      const width = 26 + random() * 44;
      const cut = random() < 0.3 ? 70 + random() * 70 : 0;
      // Never the same as the parcel before, or the ditch between them would be all there is to see.
      const kind = () => {
        const others = KINDS.filter((each) => each !== last);
        return (last = others[Math.floor(random() * others.length)] ?? "grass");
      };
      const furrowed = random() < 0.08;
      if (cut) {
        parcels.push({ x, y, width, height: cut, kind: kind(), furrows: "" });
        parcels.push({ x, y: y + cut + 3, width, height: 197 - cut, kind: kind(), furrows: "" });
      } else {
        parcels.push({
          x, y, width, height: 200,
          kind: furrowed ? "home" : kind(),
          furrows: furrowed ? lines(x, y, width, 200) : "",
        });
      }
      if (random() < 0.07) {
        const around: Point[] = Array.from({ length: 4 }, () => [x + random() * 34 - 6, y + 172 - random() * 16]);
        farms.push({ x: x + 4, y: y + 182, trees: around });
      }
      x += width + 3;
    }
  }
  return { parcels, farms, row: ROWS.flatMap((curve) => along(curve, 23)) };
}

function lines(x: number, y: number, width: number, height: number): string {
  let path = "";
  for (let at = x + 5; at < x + width - 3; at += 5) path += `M${at.toFixed(1)} ${y + 4}v${height - 8}`;
  return path;
}

/** Points on a cubic curve, evenly spaced. */
function along([a, b, c, d]: [Point, Point, Point, Point], spacing: number): Point[] {
  const at = (t: number): Point => {
    const s = 1 - t;
    const mix = (i: 0 | 1) => s ** 3 * a[i] + 3 * s * s * t * b[i] + 3 * s * t * t * c[i] + t ** 3 * d[i];
    return [mix(0), mix(1)];
  };
  const found: Point[] = [];
  let last: Point = a;
  let walked = spacing;
  for (let i = 0; i <= 400; i += 1) {
    const next = at(i / 400);
    walked += Math.hypot(next[0] - last[0], next[1] - last[1]);
    last = next;
    if (walked < spacing) continue;
    walked = 0;
    found.push([round(next[0]), round(next[1])]);
  }
  return found;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A small generator with a seed (mulberry32): a drawing needs repeatable, not secret, numbers. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
