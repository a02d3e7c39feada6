/** A round length on the ground and how long it is on the screen: at most so many pixels. */
export function scaleOf(metresPerPixel: number, most = 110): { metres: number; pixels: number } {
  const room = metresPerPixel * most;
  const power = 10 ** Math.floor(Math.log10(room));
  const metres = ([5, 2, 1].find((step) => step * power <= room) ?? 1) * power;
  return { metres, pixels: Math.round(metres / metresPerPixel) };
}
