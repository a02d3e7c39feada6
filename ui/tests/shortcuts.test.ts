import { describe, expect, test } from "vitest";
import { isChord, isSingle, keysShown } from "../src/lib/keys";
import { GROUPS, keysOf, shortcutFor, shortcuts, type ShortcutId } from "../src/lib/shortcuts";
import { read, sources } from "./sources";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held,
});
const asWritten = (key: string) => key;

describe("the table of shortcuts", () => {
  test("has each name once, in a group that has a heading", () => {
    expect(new Set(shortcuts.map(({ id }) => id)).size).toBe(shortcuts.length);
    for (const { group, keys } of shortcuts) {
      expect(GROUPS).toContain(group);
      expect(keys.length).toBeGreaterThan(0);
    }
  });

  test("has no chord twice where both could be meant", () => {
    const seen = new Map<string, string>();
    for (const { id, group, keys } of shortcuts) {
      for (const chord of keys) {
        // What works everywhere may not be taken by anybody; arrows and Space belong to whatever has the focus.
        for (const place of group === "everywhere" ? GROUPS : [group]) {
          const at = `${place}: ${chord}`;
          expect(seen.get(at), `${at} is ${id}'s, too`).toBeUndefined();
          seen.set(at, id);
        }
      }
    }
  });
});

describe("a chord", () => {
  test("is written as the keyboard has it", () => {
    expect(keysShown("Mod K", asWritten, false)).toBe("Ctrl K");
    expect(keysShown("Mod K", asWritten, true)).toBe("⌘K");
    expect(keysShown("Alt Up", asWritten, false)).toBe("Alt ↑");
    expect(keysShown("Del", () => "Verwijderen", false)).toBe("Verwijderen");
  });

  test("is recognised, with its own modifier and no other", () => {
    expect(isChord(press("k", { ctrlKey: true }), "Mod K", false)).toBe(true);
    expect(isChord(press("k", { metaKey: true }), "Mod K", true)).toBe(true);
    expect(isChord(press("k", { metaKey: true }), "Mod K", false)).toBe(false);
    expect(isChord(press("k"), "Mod K", false)).toBe(false);
    expect(isChord(press("k", { ctrlKey: true, shiftKey: true }), "Mod K", false)).toBe(false);
    expect(isChord(press("?", { shiftKey: true }), "?", false)).toBe(true);
    expect(isChord(press("ArrowUp", { altKey: true }), "Alt Up", false)).toBe(true);
  });

  test("of one letter is single", () => {
    expect(["T", "?", "0", "Mod K", "F6", "Esc", "Up"].map(isSingle)).toEqual([true, true, true, false, false, false, false]);
  });
});

describe("what a key asks for", () => {
  const asks = (key: string, focus: { typing?: boolean; single?: boolean }, singleKeys = true, works: ShortcutId[] = ["table", "help", "palette", "trash"]) =>
    shortcutFor(press(key), (id) => works.includes(id), { typing: false, single: false, ...focus }, singleKeys);

  test("single letters need the map or a list, and can be turned off", () => {
    expect(asks("t", { single: true })).toBe("table");
    expect(asks("t", {})).toBeUndefined();
    expect(asks("t", { single: true }, false)).toBeUndefined();
    expect(asks("t", { single: true, typing: true })).toBeUndefined();
  });

  test("keys that are switched off are not shown; another that does the same is", () => {
    expect([keysOf("table", true), keysOf("help", true), keysOf("palette", true)]).toEqual(["T", "?", "Mod K"]);
    expect([keysOf("table", false), keysOf("help", false), keysOf("palette", false)]).toEqual(["", "F1", "Mod K"]);
  });

  test("no screen listens for a letter by itself, past the switch", () => {
    for (const path of sources(".svelte", ".ts").filter((each) => each.startsWith("src/screens"))) {
      expect(read(path), path).not.toMatch(/\.key(\.toLowerCase\(\))? ===? ["'`][a-z]["'`]/i);
      expect(read(path), path).not.toMatch(/aria-keyshortcuts="\w"/);
    }
  });

  test("a question mark works wherever nothing is typed; F1 always", () => {
    expect(asks("?", {})).toBe("help");
    expect(asks("?", { typing: true })).toBeUndefined();
    expect(asks("?", {}, false)).toBeUndefined();
    expect(asks("F1", { typing: true }, false)).toBe("help");
  });

  test("Del means something only on a list", () => {
    expect(asks("Delete", { single: true }, false)).toBe("trash");
    expect(asks("Delete", {})).toBeUndefined();
  });

  test("only what works on this screen is asked for", () => {
    expect(asks("t", { single: true }, true, [])).toBeUndefined();
  });
});
