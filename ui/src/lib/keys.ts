// Keys as people see them and as the keyboard sends them. A chord is written "Mod K", "Shift Tab", "F6", "/", "?":
// names with spaces between; "Mod" is Ctrl, or ⌘ on a Mac.

/** Whether this is a Mac, where Ctrl is ⌘. */
export const mac: boolean = typeof navigator !== "undefined" && /mac/i.test(navigator.platform);

const SIGNS: Record<string, string> = { Up: "↑", Down: "↓", Left: "←", Right: "→" };
const MAC_SIGNS: Record<string, string> = { Mod: "⌘", Alt: "⌥", Shift: "⇧" };
const SENT: Record<string, string> = {
  Up: "ArrowUp", Down: "ArrowDown", Left: "ArrowLeft", Right: "ArrowRight", Space: " ", Esc: "Escape", Del: "Delete",
};

/** A chord in a person's words; `named` gives the words for keys that have them. */
export function keysShown(chord: string, named: (key: string) => string, onMac = mac): string {
  const parts = chord.split(" ").map((key) => (onMac ? MAC_SIGNS[key] : undefined) ?? SIGNS[key] ?? named(key === "Mod" ? "Ctrl" : key));
  return parts.join(onMac ? "" : " ");
}

/** Whether a key event is this chord. Shift counts only with named keys: "?" needs it on some keyboards only. */
export function isChord(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
  chord: string,
  onMac = mac,
): boolean {
  const parts = chord.split(" ");
  const key = parts.at(-1) ?? "";
  const wanted = SENT[key] ?? key;
  const modifier = parts.includes("Mod");
  const held = onMac ? event.metaKey : event.ctrlKey;
  const other = onMac ? event.ctrlKey : event.metaKey;
  if (event.key.toLowerCase() !== wanted.toLowerCase() || held !== modifier || other) return false;
  if (event.altKey !== parts.includes("Alt")) return false;
  const sign = wanted.length === 1 && !/[a-z]/i.test(wanted);
  return sign || event.shiftKey === parts.includes("Shift");
}

/** Whether a chord is a single key, which works only while the map or a list has the focus. */
export function isSingle(chord: string): boolean {
  return !/\b(Mod|Alt)\b/.test(chord) && /^(Shift )?\S$/.test(chord);
}
