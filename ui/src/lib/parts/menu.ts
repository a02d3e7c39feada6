// What a menu offers, and how the keyboard moves in it.

/** One line of a menu. */
export type MenuItem =
  | {
      kind?: "action";
      label: string;
      icon?: string;
      /** The keys that do the same. */
      keys?: string;
      /** It cannot be undone, or is the way to that. */
      danger?: boolean;
      /** Why it cannot be used now. */
      off?: string | null;
      run: () => void;
      testid?: string;
    }
  /** One of several that exclude each other. */
  | { kind: "radio"; label: string; icon?: string; checked: boolean; run: () => void; testid?: string }
  /** On or off. */
  | { kind: "check"; label: string; icon?: string; checked: boolean; run: () => void; testid?: string }
  | { kind: "line" }
  | { kind: "head"; label: string };

/** The place in a list after a key: arrows go round, Home and End jump. Nothing for other keys. */
export function stepTo(key: string, from: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === "ArrowDown") return (from + 1) % count;
  if (key === "ArrowUp") return (from - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}

/** The next label after `from` that begins with what was typed; one letter, typed again, goes on to the next. */
export function findTyped(labels: readonly string[], typed: string, from: number): number | undefined {
  const letters = new Set(typed);
  const wanted = (letters.size === 1 ? typed.slice(0, 1) : typed).toLocaleLowerCase();
  const first = wanted.length === 1 ? from + 1 : Math.max(from, 0);
  for (let i = 0; i < labels.length; i += 1) {
    const at = (first + i) % labels.length;
    if (labels[at]?.toLocaleLowerCase().startsWith(wanted)) return at;
  }
  return undefined;
}
