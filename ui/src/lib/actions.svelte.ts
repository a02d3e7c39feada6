// What works on the screen that is there now, and what a key event does about it.
import { SvelteMap } from "svelte/reactivity";
import { keysOf, shortcutFor, shortcuts, type Shortcut, type ShortcutId } from "./shortcuts";

/** What a key does; null where the element itself does it, so that it is only listed. */
export type Run = (() => void) | null;

const STORED = "polder.single-keys";
const working = new SvelteMap<ShortcutId, Run[]>();
let single = $state(stored());

/**
 * Says that these keys work from now on; the answer ends it: `onMount(() => register({ … }))`. Where two say it of
 * the same key, such as a screen and a panel on it, the later one has it.
 */
export function register(actions: Partial<Record<ShortcutId, Run>>): () => void {
  const mine = Object.entries(actions) as [ShortcutId, Run][];
  for (const [id, run] of mine) working.set(id, [...(working.get(id) ?? []), run]);
  return () => {
    for (const [id, run] of mine) {
      const left = [...(working.get(id) ?? [])];
      left.splice(left.lastIndexOf(run), 1);
      if (left.length > 0) working.set(id, left);
      else working.delete(id);
    }
  };
}

/** What works now, in the table's order; `run` is null for what elements do themselves. */
export function workingNow(): (Shortcut & { id: ShortcutId; run: Run })[] {
  return shortcuts.filter(({ id }) => working.has(id)).map((each) => ({ ...each, run: working.get(each.id)?.at(-1) ?? null }));
}

/** Whether single letters do anything. */
export function singleKeys(): boolean {
  return single;
}

/** The keys to show beside what does the same, as a person's keyboard works now; empty when none does. */
export function keysNow(id: ShortcutId): string {
  return keysOf(id, single);
}

/** Turns single letters on or off, now and for the next start. */
export function chooseSingleKeys(on: boolean): void {
  single = on;
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // A webview without storage keeps to it until it quits.
  }
}

/** Does what a key asks for. For `svelte:window` alone; whatever is nearer to the focus had its chance before. */
export function onkey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const at = event.target instanceof Element ? event.target : null;
  const typing = at?.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select") === true;
  const focus = { typing, single: at?.closest("[data-keys]") != null };
  const id = shortcutFor(event, (each) => working.get(each)?.at(-1) != null, focus, single);
  const run = id === undefined ? null : working.get(id)?.at(-1);
  if (!run) return;
  event.preventDefault();
  run();
}

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}
