// Which rows of a long list exist, from how far it is scrolled. A row's height is measured, since it grows with the
// person's text size.

/** Rows beyond the edges, so that a quick scroll meets no gap. */
const SPARE = 8;

/** The rows that exist: `first` to before `last`. */
export function sliceOf(scrolled: number, height: number, rows: number, row: number): { first: number; last: number } {
  const first = Math.min(Math.max(0, Math.floor(scrolled / row) - SPARE), rows);
  const last = Math.min(rows, Math.ceil((scrolled + height) / row) + SPARE);
  return { first, last: Math.max(first, last) };
}

/** How far to scroll so that a row is in sight below a head that stays on top; as far as now when it is. */
export function scrollFor(index: number, scrolled: number, height: number, row: number, head: number): number {
  const top = index * row;
  if (top < scrolled) return top;
  const bottom = top + row + head;
  return bottom > scrolled + height ? bottom - height : scrolled;
}

/** Where a key leads from a row of a list; undefined when it is no key for that. */
export function rowFor(key: string, from: number, rows: number, page: number): number | undefined {
  const to = {
    ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + page, PageUp: from - page, Home: 0, End: rows - 1,
  }[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), rows - 1);
}
