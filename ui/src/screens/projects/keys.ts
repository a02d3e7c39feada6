// Keys that cards and rows share.
import { singleKeys } from "$lib/actions.svelte";
import { findTyped, isLetter, Typed } from "$lib/find";

/** Letters that are commands on the list while no word is being typed. */
const COMMANDS = /^[p/?]$/i;

const typed = new Typed();

/** Where a typed letter leads in the list; undefined when the key is no letter or leads nowhere. */
export function typedFor(event: KeyboardEvent, from: number, names: readonly { name: string }[]): number | undefined {
  const now = event.timeStamp;
  if (!isLetter(event)) return undefined;
  if (!typed.busy(now) && singleKeys() && COMMANDS.test(event.key)) return undefined;
  const to = findTyped(typed.add(event.key, now), from, names.length, (i) => names[i]?.name ?? "");
  return to < 0 ? undefined : to;
}
