// What the list looked like when a person left it for a project, so that the way back is no start from nothing.
import type { Summary } from "$lib/bindings/Summary";
import type { Share } from "./arrange";

export interface Last {
  projects: Summary[];
  share: Share;
  text: string;
  /** The project that had the focus. */
  active: string | null;
}

let kept: { session: string; last: Last } | null = null;

/** How the list was left in this session; another session's is forgotten. */
export function lastOf(session: string): Last | null {
  if (kept?.session !== session) kept = null;
  return kept?.last ?? null;
}

/** Remembers it until the window closes or another session begins. */
export function leaveAs(session: string, last: Last): void {
  kept = { session, last };
}
