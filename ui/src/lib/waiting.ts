// When waiting is shown: not before it lasts, and then long enough to be seen.

/** Shown only after this many milliseconds. */
export const AFTER = 200;
/** Once shown, shown at least so long. */
export const LEAST = 300;

/** How a place that waits looks: nothing yet, the skeleton, or what was waited for. */
export type Look = "nothing" | "skeleton" | "content";

/**
 * How it looks `now`, and after how many milliseconds to ask again (null: when something changes). `began` is when the
 * waiting began, `ended` when it ended or null while it lasts; all in milliseconds.
 */
export function look(began: number, ended: number | null, now: number): { look: Look; again: number | null } {
  const shows = began + AFTER;
  if (ended === null) {
    return now < shows ? { look: "nothing", again: shows - now } : { look: "skeleton", again: null };
  }
  const until = shows + LEAST;
  if (ended <= shows || now >= until) return { look: "content", again: null };
  return { look: "skeleton", again: until - now };
}
