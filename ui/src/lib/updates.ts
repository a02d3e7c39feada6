// What a person is told about the next version while Polder is in use.
import type { Code } from "$lib/bindings/Code";
import type { Update } from "$lib/bindings/Update";

/** Nothing is known of a next version. */
export const NO_UPDATE: Update = { state: "none", version: null, done: 0, total: 0 };

/** Why this version's time is over: the platform takes it no more, or nobody can tell whether it is the newest. */
export type Over = "platform" | "list";

/** Whether a failure says that this version's time is over. */
export function overBy(code: Code): Over | null {
  return code === "client-outdated" ? "platform" : code === "metadata-expired" ? "list" : null;
}

/**
 * What stands at the window's foot: that this version's time is over, which stays there, or that the next one is ready,
 * which a person may put away, for that version.
 */
export function noticeFor(update: Update, over: Over | null, putAway: string | null): "over" | "ready" | null {
  if (over !== null) return "over";
  return update.state === "ready" && update.version !== putAway ? "ready" : null;
}

/** Notes as paragraphs, which stand apart by empty lines. */
export function paragraphs(notes: string): string[] {
  return notes
    .replace(/\r\n?/gu, "\n")
    .split(/\n\s*\n/u)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
