// Street data comes in short pieces between crossings, too short for a name. Pieces of the same name that meet
// end to end are joined, for labels only.

/** A place, in whatever units. */
export type Point = readonly number[];

/** One piece with what makes pieces belong together. */
export interface Piece {
  key: string;
  line: Point[];
}

/** Joins pieces of one key end to end. Where more than two meet, one pair is joined and the rest stay apart. */
export function chains(pieces: readonly Piece[]): Piece[] {
  const byKey = new Map<string, Point[][]>();
  for (const { key, line } of pieces) {
    if (line.length < 2) continue;
    const lines = byKey.get(key) ?? [];
    lines.push(line);
    byKey.set(key, lines);
  }
  return [...byKey].flatMap(([key, lines]) => joined(lines).map((line) => ({ key, line })));
}

function joined(lines: Point[][]): Point[][] {
  const left = new Set(lines);
  const ends = new Map<string, Set<Point[]>>();
  const at = (point: Point | undefined) => (point ? point.join(" ") : "");
  for (const line of lines) {
    for (const end of [line[0], line[line.length - 1]]) {
      const there = ends.get(at(end)) ?? new Set();
      there.add(line);
      ends.set(at(end), there);
    }
  }
  const take = (point: Point | undefined): Point[] | undefined => {
    for (const line of ends.get(at(point)) ?? []) {
      if (!left.delete(line)) continue;
      // Turned so that it begins where the chain ends.
      return at(line[0]) === at(point) ? line : [...line].reverse();
    }
    return undefined;
  };
  const found: Point[][] = [];
  for (const line of lines) {
    if (!left.delete(line)) continue;
    let chain = line;
    for (let next = take(chain[chain.length - 1]); next; next = take(chain[chain.length - 1])) {
      chain = [...chain, ...next.slice(1)];
    }
    for (let next = take(chain[0]); next; next = take(chain[0])) {
      chain = [...next.reverse(), ...chain.slice(1)];
    }
    found.push(chain);
  }
  return found;
}
