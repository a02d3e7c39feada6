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

/** One after another the colour that most points are furthest from, as an eye sees it. */
function choose(counts) {
  const rest = [...counts].map(([each, count]) => ({ each, count, seen: seen(each), far: 1, at: 0 }));
  const palette = [];
  const loss = ({ count, far }) => count * far ** 4;
  while (palette.length < Math.min(MOST, rest.length)) {
    const next = rest.reduce((worst, one) => (loss(one) > loss(worst) ? one : worst));
    for (const one of rest) {
      const far = one.seen.reduce((sum, value, i) => sum + (value - next.seen[i]) ** 2, 0);
      if (!palette.length || far < one.far) Object.assign(one, { far, at: palette.length });
    }
    palette.push(next.each);
  }
  return { palette, nearest: new Map(rest.map(({ each, at }) => [each, at])) };
}

const colour = (data, at) => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
const parts = (each) => [each >> 16, (each >> 8) & 255, each & 255];

/** In OKLab, where equally far is equally different. */
function seen(each) {
  const [r, g, b] = parts(each).map((level) => (level <= 10 ? level / 3294 : ((level / 255 + 0.055) / 1.055) ** 2.4));
  const l = Math.cbrt(0.4122 * r + 0.5363 * g + 0.0514 * b);
  const m = Math.cbrt(0.2119 * r + 0.6807 * g + 0.1074 * b);
  const s = Math.cbrt(0.0883 * r + 0.2817 * g + 0.63 * b);
  return [0.2105 * l + 0.7936 * m - 0.0041 * s, 1.978 * l - 2.4286 * m + 0.4506 * s, 0.0259 * l + 0.7828 * m - 0.8087 * s];
}

function chunk(name, body) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(body.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
