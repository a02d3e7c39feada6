// Cards lie in bands: a heading, or a row of cards. Where each band lies follows from sizes alone, so only the bands
// in sight need to exist, and arrows know what is above and below.

/** What the bands are made from. */
export interface Sizes {
  /** Of the room for cards. */
  width: number;
  /** Of a heading, and of the words below a card's picture; both grow with the text size. */
  heading: number;
  caption: number;
  /** How many times as large as usual the text is. */
  text: number;
}

/** One row of cards, or a heading. */
export interface Band {
  kind: "pinned" | "rest" | "cards";
  /** The first card's place in the whole list, and how many there are; none in a heading. */
  first: number;
  count: number;
  columns: number;
  top: number;
  height: number;
}

export const GAP = 16;
/** A card narrower than this would cut most names. */
const LEAST = 248;
/** On a large screen cards are larger, not only more. */
const WIDE = 1900;
const LEAST_WIDE = 320;
/** How wide a picture is for its height. */
const SHAPE = 2.5;

/** How many cards stand beside each other: fewer with larger text. Pinned ones are a size larger. */
export function columnsFor(width: number, text: number): { pinned: number; rest: number } {
  const least = (width >= WIDE ? LEAST_WIDE : LEAST) * Math.max(text, 1);
  const rest = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  return { pinned: Math.max(1, rest - 1), rest };
}

/** All bands of a list whose first `pinned` cards are pinned, from the top. Headings only tell two parts apart. */
export function bandsOf(cards: number, pinned: number, sizes: Sizes): { bands: Band[]; height: number } {
  const columns = columnsFor(sizes.width, sizes.text);
  const bands: Band[] = [];
  let top = 0;
  const push = (band: Omit<Band, "top">) => {
    bands.push({ ...band, top });
    top += band.height;
  };
  const part = (first: number, end: number, wide: number) => {
    const width = (sizes.width - GAP * (wide - 1)) / wide;
    const height = Math.round(width / SHAPE) + sizes.caption + GAP;
    for (let at = first; at < end; at += wide) {
      push({ kind: "cards", first: at, count: Math.min(wide, end - at), columns: wide, height });
    }
  };
  const heading = (kind: "pinned" | "rest") => push({ kind, first: 0, count: 0, columns: 1, height: sizes.heading });
  if (pinned > 0) heading("pinned");
  part(0, pinned, columns.pinned);
  if (pinned > 0 && pinned < cards) heading("rest");
  part(pinned, cards, columns.rest);
  return { bands, height: top };
}

/** Pixels beyond the edges, so that a quick scroll meets no gap. */
const SPARE = 300;

/** The bands in sight and a little beyond. */
export function bandsInSight(bands: readonly Band[], scrolled: number, height: number): { first: number; last: number } {
  const first = firstWhere(bands, ({ top, height: own }) => top + own > scrolled - SPARE);
  const last = firstWhere(bands, ({ top }) => top >= scrolled + height + SPARE);
  return { first, last };
}

/** The band that a card lies in. */
export function bandOf(bands: readonly Band[], card: number): Band | undefined {
  return bands.findLast((band) => isCards(band) && band.first <= card);
}

/** Where a key leads from a card, in two directions; undefined when it is no key for that. */
export function cardFor(key: string, from: number, cards: number, bands: readonly Band[], page: number): number | undefined {
  const clamp = (to: number) => Math.min(Math.max(to, 0), cards - 1);
  if (key === "ArrowLeft") return clamp(from - 1);
  if (key === "ArrowRight") return clamp(from + 1);
  if (key === "Home") return 0;
  if (key === "End") return cards - 1;
  const rows = bands.filter(isCards);
  const at = rows.findIndex(({ first, count }) => from >= first && from < first + count);
  const here = rows[at];
  const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[key];
  if (steps === undefined || !here) return undefined;
  const there = rows[Math.min(Math.max(at + steps, 0), rows.length - 1)];
  if (!there) return undefined;
  if (there === here) return steps > 0 && Math.abs(steps) > 1 ? cards - 1 : from;
  // Straight above or below, by where the card's middle is, since pinned cards are wider.
  const middle = (from - here.first + 0.5) / here.columns;
  return there.first + Math.min(Math.floor(middle * there.columns), there.count - 1);
}

const isCards = ({ kind }: Band) => kind === "cards";

/** The first place where something holds that holds from there on. */
function firstWhere(bands: readonly Band[], holds: (band: Band) => boolean): number {
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const band = bands[middle];
    if (!band || holds(band)) high = middle;
    else low = middle + 1;
  }
  return low;
}
