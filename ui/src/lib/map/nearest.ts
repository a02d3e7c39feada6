// The order in which a keyboard goes through what is in view: from the middle outwards.

/** West, south, east, north, in whatever units. */
export type Box = readonly [number, number, number, number];

/** The keys of what a view touches, nearest to its middle first. What a box counts for is the middle of its part in view. */
export function nearestFirst(all: Iterable<readonly [key: string, box: Box]>, view: Box): string[] {
  const [west, south, east, north] = view;
  const x = (west + east) / 2;
  const y = (south + north) / 2;
  const found: { key: string; far: number }[] = [];
  for (const [key, box] of all) {
    const [left, bottom, right, top] = [
      Math.max(west, box[0]), Math.max(south, box[1]), Math.min(east, box[2]), Math.min(north, box[3]),
    ];
    if (left > right || bottom > top) continue;
    found.push({ key, far: Math.hypot((left + right) / 2 - x, (bottom + top) / 2 - y) });
  }
  // Sorting is stable: what is equally near keeps the order of the layers.
  return found.sort((a, b) => a.far - b.far).map(({ key }) => key);
}

/** Where a card of a size goes on a map so that it does not lie over a box of the page, and how far the map must move if it must. */
export function cardPlace(
  held: Box,
  map: { width: number; height: number },
  card: { width: number; height: number },
  edge = 12,
): { side: "left" | "right"; up: number } {
  const [left, top, right, bottom] = held;
  const cardTop = map.height - edge - card.height;
  if (bottom <= cardTop || left >= edge + card.width) return { side: "left", up: 0 };
  // The buttons for zooming stand at the right, above.
  if (right <= map.width - RIGHT - card.width && card.width * 2 + edge + RIGHT <= map.width) return { side: "right", up: 0 };
  // It is under the card on both sides: move the map, unless what is held is as large as the map anyway.
  const up = bottom - cardTop + edge;
  return { side: "left", up: top - up >= 0 || top > cardTop ? up : 0 };
}

/** Room that the right side keeps for its buttons. */
const RIGHT = 60;
