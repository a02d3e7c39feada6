// What a person is offered when the gate stays shut, and what Polder does by itself meanwhile.
import type { Code } from "$lib/bindings/Code";

/** Something to do at a shut gate: the first is the one that helps most. */
export type Offer = "retry" | "network" | "import" | "copy";

/** The way to the platform is what has to be mended. */
const PROXY: ReadonlySet<Code> = new Set(["proxy-unreachable", "proxy-sign-in", "proxy-pac"]);
/** A file that somebody brings helps at once: this program is not the newest, or not whole. */
const BROUGHT: ReadonlySet<Code> = new Set([
  "outdated", "altered", "revoked", "release-does-not-start", "release-does-not-hold", "update-not-offered",
]);
/** The file was the trouble: another one is what helps. */
const FILE: ReadonlySet<Code> = new Set([
  "update-file-foreign", "update-file-old", "update-file-damaged", "update-file-unreadable", "nothing-newer",
]);
/** A network that refuses the connection; where nothing is in the way, a file would not open the gate either. */
const NETWORK: ReadonlySet<Code> = new Set([
  "unreachable", "timed-out", "pin-mismatch", "unknown-issuer", "certificate-name", "certificate-invalid", "not-secure",
  "answer-broken", "proxy-unreachable", "proxy-sign-in", "proxy-ntlm", "proxy-negotiate", "proxy-refused", "proxy-pac",
  "update-interrupted",
]);

/** The buttons with words, in their order. */
export function offersFor(code: Code): Offer[] {
  if (PROXY.has(code)) return ["network", "retry", "copy"];
  if (FILE.has(code)) return ["import", "retry", "copy"];
  // Nothing changes here until another release is out: what IT needs comes first after looking for one.
  if (BROUGHT.has(code)) return ["retry", "import", "copy"];
  return ["retry", "copy"];
}

/** Whether an update file is offered too, among the small buttons. */
export function takesFile(code: Code): boolean {
  return NETWORK.has(code) && !offersFor(code).includes("import");
}

/** What IT needs stands open at once: an exact command, which nobody should have to look for. */
export function showsDetails(code: Code): boolean {
  return code === "folder-cannot-hold-programs";
}

/** Polder goes on by itself in a while: it is no danger, so the lock is not drawn shut. */
export function goesOn(code: Code): boolean {
  return code === "update-interrupted" || code === "update-busy";
}

/** After how many milliseconds Polder tries again by itself, for the n-th time from 0; null when only a person can. */
export function againAfter(code: Code, tried: number): number | null {
  // Another Polder is at it on this computer: asking costs nothing.
  if (code === "update-busy") return 3_000;
  if (code === "update-interrupted") return Math.min(5_000 * 2 ** tried, 60_000);
  return null;
}
