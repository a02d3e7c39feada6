/** A round length on the ground and how long it is on the screen: at most so many pixels. */
export function scaleOf(metresPerPixel: number, most = 110): { metres: number; pixels: number } {
  const room = metresPerPixel * most;
  const power = 10 ** Math.floor(Math.log10(room));
  const metres = ([5, 2, 1].find((step) => step * power <= room) ?? 1) * power;
  return { metres, pixels: Math.round(metres / metresPerPixel) };
}

/** At first an area fills its box; of one much longer than the box, at least this much is seen. */
const SEEN = 0.4;

/** Units per pixel at first: an area covers the box, rather than lying in its middle with nothing around it. */
export function firstResolution(
  [west, south, east, north]: readonly [number, number, number, number],
  width: number,
  height: number,
): number {
  const [across, down] = [(east - west) / width, (north - south) / height];
  const [least, most] = [Math.min(across, down), Math.max(across, down)];
  return Math.max(least, most * SEEN) || 1;
}
