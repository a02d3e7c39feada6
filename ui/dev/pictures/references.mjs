// The pictures that are kept, and how a new one is held against them. They are kept at half size, with 64 levels a
// channel and 256 colours: a tenth of the bytes, and what a person would see as different still is. A hairline or a
// letter at half size is a shade, so the shades are compared closely.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { indexed } from "./indexed.mjs";

/** How far apart two shades may be: 1 is black and white. Keeping them in few colours makes up to half of it. */
const SHADE = 0.03;
/** How many points may differ within a square of this side: fewer than a letter has. */
const SQUARE = 32;
const POINTS = 6;

/** The references in a folder. */
export class References {
  #folder;

  constructor(folder) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Names of all that are kept. */
  names() {
    return readdirSync(this.#folder).filter((name) => name.endsWith(".png")).map((name) => name.slice(0, -4));
  }

  keep(name, bytes) {
    const half = halve(PNG.sync.read(bytes));
    for (let i = 0; i < half.data.length; i += 1) half.data[i] = rounded(half.data[i]);
    writeFileSync(this.#path(name), indexed(half));
  }

  drop(name) {
    rmSync(this.#path(name));
  }

  /**
   * Says what differs, in words; nothing when all is as kept. The pictures to look at (actual, kept, difference) go
   * into the folder given.
   */
  compare(name, bytes, folder) {
    if (!existsSync(this.#path(name))) return "there is no reference; `npm run pictures -- --keep` makes it";
    const actual = halve(PNG.sync.read(bytes));
    const kept = PNG.sync.read(readFileSync(this.#path(name)));
    const { width, height } = actual;
    const show = (kind, picture) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}-${kind}.png`), PNG.sync.write(picture));
    };
    if (kept.width !== width || kept.height !== height) {
      show("actual", actual);
      show("kept", kept);
      return `it is ${width} × ${height}, kept is ${kept.width} × ${kept.height} (both halved)`;
    }
    const difference = new PNG({ width, height });
    const points = pixelmatch(actual.data, kept.data, difference.data, width, height, { threshold: SHADE, windowSize: SQUARE });
    if (points <= POINTS) return undefined;
    show("actual", actual);
    show("kept", kept);
    show("difference", difference);
    return `${points} points differ within ${SQUARE} × ${SQUARE}`;
  }

  #path(name) {
    return join(this.#folder, `${name}.png`);
  }
}

/** 64 levels, evenly from black to white. */
const rounded = (level) => Math.round((Math.round((level * 63) / 255) * 255) / 63);

/** Each point the mean of four. */
function halve({ width, height, data }) {
  const half = new PNG({ width: width >> 1, height: height >> 1 });
  for (let y = 0; y < half.height; y += 1) {
    for (let x = 0; x < half.width; x += 1) {
      const to = 4 * (y * half.width + x);
      const from = 8 * (y * width + x);
      for (let channel = 0; channel < 4; channel += 1) {
        const at = from + channel;
        half.data[to + channel] = (data[at] + data[at + 4] + data[at + 4 * width] + data[at + 4 * width + 4] + 2) >> 2;
      }
    }
  }
  return half;
}
