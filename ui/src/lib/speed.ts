// How fast something comes in and how long it takes yet, in numbers that a person can read: they follow what really
// came, and do not jump. Time is passed in, in seconds of any clock that never goes back.

/** What came in lately, and what was told about the rest. Each step gives a new one. */
export interface Speed {
  readonly total: number;
  /** When how much was there, oldest first: at most the last {@link WINDOW} seconds. */
  readonly samples: readonly Sample[];
  /** The seconds that were told last; null while nothing can be told. */
  readonly left: number | null;
}

interface Sample {
  at: number;
  done: number;
}

/** The mean goes over so many seconds. */
const WINDOW = 6;
/** A shorter time says nothing about speed yet. */
const LEAST = 1;
/** Two samples are at least so far apart, so that many small pieces stay few. */
const APART = 0.25;
/** After so many seconds without a byte nobody knows how long it takes. */
const SILENT = 3;

/** Nothing came in yet. */
export const STILL: Speed = { total: 0, samples: [], left: null };

/**
 * After `done` of `total` bytes were there at a time. Where another download began (other bytes in all, or fewer than
 * before), what was known of the one before is forgotten.
 */
export function counted(speed: Speed, done: number, total: number, at: number): Speed {
  const last = speed.samples.at(-1);
  if (!last || total !== speed.total || done < last.done || at < last.at) {
    return { total, samples: [{ at, done }], left: null };
  }
  // What came so shortly after takes the place of the sample before it, except the first, from which is measured.
  const before = speed.samples.at(-2);
  const kept = before && last.at - before.at < APART ? speed.samples.slice(0, -1) : speed.samples;
  // One that is older than the window stays, or the mean would lose what lies between.
  const first = kept.findLastIndex((each) => each.at <= at - WINDOW);
  return later({ total, samples: [...kept.slice(Math.max(first, 0)), { at, done }], left: speed.left }, at);
}

/** The same some time later, when nothing came meanwhile. */
export function later(speed: Speed, at: number): Speed {
  const rate = bytesPerSecond(speed, at);
  const done = speed.samples.at(-1)?.done ?? 0;
  return { ...speed, left: rate === null ? null : steady(speed.left, (speed.total - done) / rate) };
}

/** The mean of the last seconds; null while that says nothing. */
export function bytesPerSecond({ samples }: Speed, at: number): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || at - last.at > SILENT || last.at - first.at < LEAST) return null;
  const rate = (last.done - first.done) / (at - first.at);
  return rate > 0 ? rate : null;
}

/** Rounded as people say it: by fives up to a minute, then by whole minutes. */
function rounded(seconds: number): number {
  return seconds < 57.5 ? Math.max(Math.round(seconds / 5) * 5, 5) : Math.max(Math.round(seconds / 60), 1) * 60;
}

/** What to say now, after `told`: less as soon as it is less, more only when it is more by far. */
function steady(told: number | null, seconds: number): number {
  const next = rounded(seconds);
  if (told === null || next < told) return next;
  return seconds > told * 1.5 + 5 ? next : told;
}
