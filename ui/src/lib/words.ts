import { attribute, maybe, t, type Args } from "$lib/fluent/index.svelte";
import type { Code } from "$lib/bindings/Code";

/** Where words stand: some codes are told otherwise before the window opened, or at the door. */
export type Place = "gate" | "door" | "window";

/** What a person is told when something did not work. */
export interface Words {
  /** A short heading. */
  title: string;
  /** What happened. */
  what: string;
  /** What they can do. */
  remedy: string;
}

/** The words for signing out when a part of it did not work. */
export function signedOutWords(code: Code): Words {
  const part = code.startsWith("keychain-") ? "keychain" : "platform";
  return {
    title: t("signed-out-title"),
    what: t(`signed-out-${part}`),
    remedy: t(`signed-out-${part}-remedy`),
  };
}

/** The words for a code. `args` are what the message names: `host`, `version`, `seconds` and the like. */
export function words(code: Code, place: Place, args: Args = {}): Words {
  const all: Args = { host: "", seconds: 0, newest: "none", issuer: "none", version: "", clock: "unknown", off: "", time: "", minimum: 8, room: "unknown", needed: "", free: "", short: "", ...args };
  const known = maybe(`err-${code}`, all) === undefined ? "unexpected" : code;
  const variant = maybe(`err-${known}-${place}`, all) === undefined ? known : `${known}-${place}`;
  return {
    title: attribute(`err-${variant}`, "title", all) ?? t("err-unexpected"),
    what: t(`err-${variant}`, all),
    remedy: t(`rec-${variant}`, all),
  };
}
