// Writes a picture as a PNG of at most 256 colours, a byte a point: less than half of what a full one takes. (pngjs
// reads such files and does not write them.)
import { crc32, deflateSync } from "node:zlib";

const MOST = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The file of an opaque picture. More colours than fit fall to the nearest that is there. */
export function indexed({ width, height, data }) {
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) counts.set(colour(data, i), (counts.get(colour(data, i)) ?? 0) + 1);
  const { palette, nearest } = choose(counts);

  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = nearest.get(colour(data, 4 * (y * width + x)));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE, chunk("IHDR", header), chunk("PLTE", Buffer.from(palette.flatMap(parts))),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** One after another the colour that most points are furthest from. */
function choose(counts) {
  const rest = new Map([...counts].map(([each, count]) => [each, { count, far: 1, at: 0 }]));
  const palette = [];
  while (palette.length < MOST) {
    let next;
    let most = 0;
    for (const [each, { count, far }] of rest) {
      const loss = count * far;
      if (loss > most) [next, most] = [each, loss];
    }
    if (next === undefined) break;
    for (const [each, known] of rest) {
      const far = apart(each, next);
      if (!palette.length || far < known.far) rest.set(each, { count: known.count, far, at: palette.length });
    }
    palette.push(next);
  }
  return { palette, nearest: new Map([...rest].map(([each, { at }]) => [each, at])) };
}

const colour = (data, at) => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
const parts = (each) => [each >> 16, (each >> 8) & 255, each & 255];

function apart(one, other) {
  const [r, g, b] = parts(one);
  const [s, h, c] = parts(other);
  return (r - s) ** 2 + (g - h) ** 2 + (b - c) ** 2;
}

function chunk(name, body) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(body.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
