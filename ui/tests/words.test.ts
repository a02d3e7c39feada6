import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Code } from "$lib/bindings/Code";
import { choose } from "$lib/fluent/index.svelte";
import { signedOutWords, words } from "$lib/words";
import { codes, read, sources } from "./sources";

const LANGUAGES = ["en", "nl"] as const;
type Language = (typeof LANGUAGES)[number];
const filesOf = (language: Language) =>
  sources(".ftl").map((path) => path.replace(/.*\//, "")).filter((file) => file === `${language}.ftl` || file.endsWith(`.${language}.ftl`));
const FILES: Record<Language, string[]> = { en: filesOf("en"), nl: filesOf("nl") };

const text = (language: Language) => FILES[language].map((file) => read(`src/lib/fluent/${file}`)).join("\n");
/** Each message's id with its whole source, attributes and all. */
const messages = (language: Language) => {
  const found = new Map<string, string>();
  for (const block of text(language).split(/^(?=[a-z])/m)) {
    const id = /^([a-z][\w-]*) =/.exec(block)?.[1];
    if (id === undefined) continue;
    expect(found.has(id), `${id} stands twice`).toBe(false);
    found.set(id, block.replace(/^#.*$/gm, ""));
  }
  return found;
};
const en = messages("en");
const nl = messages("nl");
const variables = (source: string) => [...source.matchAll(/\{ \$(\w+)/g)].map(([, name]) => name ?? "").sort();
const speak = (language: Language) => {
  vi.stubGlobal("document", { documentElement: {} });
  choose(language);
};

afterEach(() => vi.unstubAllGlobals());

describe.each(LANGUAGES)("in %s", (language) => {
  const own = language === "en" ? en : nl;

  test.each(codes())("%s says what happened and what to do", (code) => {
    expect(own.get(`err-${code}`), `err-${code}`).toBeDefined();
    expect(own.get(`err-${code}`), `the title of err-${code}`).toMatch(/^\s+\.title = \S/m);
    expect(own.get(`rec-${code}`), `rec-${code}`).toBeDefined();
  });

  test("every word for an error belongs to a code, and its variants have both parts", () => {
    for (const id of own.keys()) {
      if (!/^(err|rec)-/.test(id)) continue;
      const name = id.slice(4);
      expect(own.has(`err-${name}`) && own.has(`rec-${name}`), `${id} stands alone`).toBe(true);
      expect(codes(), id).toContain(name.replace(/-(gate|door)$/, ""));
    }
  });

  test("every message can be read and filled in", () => {
    const bundle = new FluentBundle(language, { useIsolating: false });
    for (const file of FILES[language]) {
      expect(bundle.addResource(new FluentResource(read(`src/lib/fluent/${file}`)))).toEqual([]);
    }
    for (const [id, source] of own) {
      const message = bundle.getMessage(id);
      expect(message?.value, id).toBeTruthy();
      const args: Record<string, FluentVariable> = Object.fromEntries(variables(source).map((name) => [name, 2]));
      for (const pattern of [message?.value, ...Object.values(message?.attributes ?? {})]) {
        if (!pattern) continue;
        const errors: Error[] = [];
        const said = bundle.formatPattern(pattern, args, errors);
        expect(errors, id).toEqual([]);
        expect(said, id).not.toMatch(/[{}]/);
      }
    }
  });

  test("no jargon and no scolding outside the details for IT", () => {
    const taboo =
      language === "en"
        ? /\b(tokens?|tls|ssl|pins?|pinned|certificates?|https?|oops|please|invalid|unauthori[sz]ed|the system|sorry)\b/i
        : /\b(tokens?|tls|ssl|pins?|certifica\w*|https?|oeps|alstublieft|alsjeblieft|ongeldig\w*|onbevoegd\w*|het systeem|sorry|(?<!\/)u|uw)\b/i;
    for (const [id, source] of own) {
      const said = source.replace(/^[\w-]+ =/, "").replace(/\{[^}]*\}/g, "");
      // A project is pinned to the top of the list; its words say so in their name.
      const pins = !/^(err|rec)-/.test(id) && /-(un)?pin(ned)?(-|$)/.test(id);
      expect(pins ? said.replace(/\b(un)?pin(ned)?\b/gi, "") : said, id).not.toMatch(taboo);
    }
  });
});

test("both languages know the same messages, attributes and variables", () => {
  expect([...nl.keys()].sort()).toEqual([...en.keys()].sort());
  for (const [id, source] of en) {
    const other = nl.get(id) ?? "";
    expect(variables(other), id).toEqual(variables(source));
    expect(other.match(/^\s+\.\w+/gm) ?? [], id).toEqual(source.match(/^\s+\.\w+/gm) ?? []);
  }
});

test("every hint about a password, and every step of its strength, has words", () => {
  const hints = [...read("src/lib/bindings/Hint.ts").matchAll(/"([a-z-]+)"/g)].map(([, hint]) => hint ?? "");
  expect(hints.length).toBeGreaterThan(10);
  for (const hint of hints) expect(en.has(`password-hint-${hint}`), hint).toBe(true);
  for (const score of [0, 1, 2, 3, 4]) expect(en.has(`password-score-${score}`)).toBe(true);
  const words = [...en.keys()].filter((id) => id.startsWith("password-hint-")).map((id) => id.slice("password-hint-".length));
  expect(words.sort()).toEqual(hints.sort());
});

test("every message that the code names exists, and every message is named", () => {
  const code = sources(".svelte", ".ts").map(read).join("\n");
  const named = new Set([...code.matchAll(/\b(?:t|maybe|attribute)\(\s*"([\w-]+)"/g)].map(([, id]) => id ?? ""));
  for (const id of named) expect(en.has(id), `${id} has no words`).toBe(true);
  const beginnings = [...code.matchAll(/\b(?:t|maybe|attribute)\(\s*`([\w-]+)\$\{/g)].map(([, start]) => start ?? "");
  for (const start of beginnings) expect([...en.keys()].some((id) => id.startsWith(start)), start).toBe(true);
  // Two are said without a page, by the program itself.
  const program = read("../src-tauri/src/words.rs");
  const quoted = (id: string) => code.includes(`"${id}"`) || program.includes(`"${id}"`);
  const idle = [...en.keys()].filter(
    (id) => !named.has(id) && !quoted(id) && !beginnings.some((start) => id.startsWith(start)),
  );
  expect(idle).toEqual([]);
});

describe("words for a code", () => {
  test("the gate, the door and the window may tell the same code otherwise", () => {
    speak("en");
    expect(words("offline", "gate", { host: "h" }).what).toContain("stays closed");
    expect(words("offline", "window", { host: "h" }).what).toContain("Nothing is lost");
    expect(words("keychain-locked", "door").what).not.toContain("until you quit");
  });

  test("a code without a variant for the place has the common words", () => {
    speak("en");
    expect(words("code-wrong", "gate")).toEqual(words("code-wrong", "window"));
  });

  test("a code that this version does not know is something unexpected", () => {
    speak("en");
    expect(words("from-the-future" as Code, "window")).toEqual(words("unexpected", "window"));
  });

  test("a wrong clock says which way and what time it is", () => {
    const args = { clock: "slow", off: "3 dagen", time: "23 nov 2026 08:14" };
    speak("nl");
    const told = words("clock-wrong", "gate", args);
    expect(told.what).toBe("De klok van deze computer loopt 3 dagen achter.");
    expect(told.remedy).toBe("Zet hem op 23 nov 2026 08:14 en probeer het opnieuw.");
    expect(words("clock-wrong", "gate", { ...args, clock: "fast" }).what).toContain("voor");
    expect(words("clock-wrong", "gate").what).toContain("zo fout");
  });

  test("an outdated program names the newest version, when it is known", () => {
    speak("en");
    expect(words("outdated", "gate", { version: "1.0.0", newest: "2.0.0" }).what).toContain("2.0.0 is the newest");
    expect(words("outdated", "gate", { version: "1.0.0" }).what).toContain("there is a newer one");
  });

  test("being busy counts the seconds", () => {
    speak("en");
    expect(words("busy", "window", { seconds: 1 }).remedy).toBe("Wait 1 second, then try again.");
    expect(words("busy", "window", { seconds: 30 }).remedy).toBe("Wait 30 seconds, then try again.");
    expect(words("busy", "window").remedy).toBe("Wait a moment, then try again.");
  });

  test("signing out by half says which half", () => {
    speak("en");
    expect(signedOutWords("keychain-locked").what).not.toBe(signedOutWords("offline").what);
  });
});
