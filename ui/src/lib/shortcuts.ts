// Every key that does something in Polder, once: the handling, the palette, the tooltips, the menus and the list of
// shortcuts (`?`) all read this table. What a key does is told in Fluent, `shortcut-<id>`.
//
// A screen says which of them work while it is there, with `register` of actions.svelte.ts:
//     onMount(() => register({ table: toggleTable, save: () => void save(), pan: null }));
// `null` means that the element itself handles the key (a native list, the map's own arrows): it is listed and no more.
import { isChord, isSingle } from "./keys";

/** Where a key works, which is also its heading in the list. */
export const GROUPS = ["everywhere", "projects", "project", "map", "table"] as const;
export type Group = (typeof GROUPS)[number];

/** One thing that keys do. */
export interface Shortcut {
  id: string;
  group: Group;
  /** Chords that do it; see keys.ts. The first is the one that is shown beside buttons and in menus. */
  keys: readonly string[];
  icon?: string;
  /** A single key that works wherever nothing is typed, not only on the map or a list. */
  anywhere?: boolean;
}

export const SHORTCUTS = [
  { id: "palette", group: "everywhere", keys: ["Mod K"], icon: "search" },
  { id: "help", group: "everywhere", keys: ["?", "F1"], icon: "keyboard", anywhere: true },
  { id: "panel", group: "everywhere", keys: ["F6"] },
  { id: "panel-back", group: "everywhere", keys: ["Shift F6"] },
  { id: "close", group: "everywhere", keys: ["Esc"] },
  { id: "filter", group: "projects", keys: ["/"], icon: "search", anywhere: true },
  { id: "refresh", group: "projects", keys: ["F5", "Mod R"], icon: "refresh-cw" },
  { id: "new", group: "projects", keys: ["Mod N"], icon: "plus" },
  { id: "open", group: "projects", keys: ["Enter"] },
  { id: "pin", group: "projects", keys: ["P"], icon: "pin" },
  { id: "rename", group: "projects", keys: ["F2"], icon: "pencil" },
  { id: "trash", group: "projects", keys: ["Del"], icon: "trash-2" },
  { id: "save", group: "project", keys: ["Mod S"], icon: "save" },
  { id: "table", group: "project", keys: ["T"], icon: "table-2" },
  { id: "layers", group: "project", keys: ["L"], icon: "layers" },
  { id: "versions", group: "project", keys: ["H"], icon: "history" },
  { id: "fold", group: "project", keys: ["Left", "Right"] },
  { id: "hide", group: "project", keys: ["Space"] },
  { id: "layer-order", group: "project", keys: ["Alt Up", "Alt Down"] },
  { id: "select", group: "map", keys: ["V"], icon: "mouse-pointer-2" },
  { id: "measure", group: "map", keys: ["M"], icon: "ruler" },
  { id: "pan", group: "map", keys: ["Up", "Down", "Left", "Right"] },
  { id: "zoom-in", group: "map", keys: ["+"], icon: "plus" },
  { id: "zoom-out", group: "map", keys: ["-"], icon: "minus" },
  { id: "zoom-all", group: "map", keys: ["0"], icon: "maximize" },
  { id: "feature", group: "map", keys: ["Tab"] },
  { id: "move", group: "table", keys: ["Up", "Down"] },
  { id: "ends", group: "table", keys: ["Home", "End"] },
  { id: "choose", group: "table", keys: ["Space"] },
] as const satisfies readonly Shortcut[];

/** The name of one thing that keys do. */
export type ShortcutId = (typeof SHORTCUTS)[number]["id"];

/** All of them, as the type that says what may be there. */
export const shortcuts: readonly (Shortcut & { id: ShortcutId })[] = SHORTCUTS;

/** The keys to show beside what does the same; none when only a single key does it and those are switched off. */
export function keysOf(id: ShortcutId, singleKeys: boolean): string {
  const keys = shortcuts.find((each) => each.id === id)?.keys ?? [];
  return keys.find((chord) => singleKeys || !isSingle(chord)) ?? "";
}

/** Where the focus is, as far as keys care. */
export interface Focus {
  /** In a field or list of choices, where letters are text. */
  typing: boolean;
  /** On the map or a list: within an element with `data-keys`. */
  single: boolean;
}

/** What a key event asks for among what works now, if anything. */
export function shortcutFor(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
  working: (id: ShortcutId) => boolean,
  focus: Focus,
  singleKeys: boolean,
): ShortcutId | undefined {
  return shortcuts.find(
    ({ id, keys, anywhere }) =>
      working(id) &&
      keys.some((chord) => {
        if (!isChord(event, chord)) return false;
        if (chord === "Del" || chord === "Enter") return focus.single && !focus.typing;
        if (!isSingle(chord)) return true;
        return singleKeys && !focus.typing && (focus.single || anywhere === true);
      }),
  )?.id;
}
