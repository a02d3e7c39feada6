// People's words: Fluent text in the chosen language. Reading `t` in a component follows the choice.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { negotiateLanguages } from "@fluent/langneg";
import en from "./en.ftl?raw";
import nl from "./nl.ftl?raw";
import languageEn from "./language.en.ftl?raw";
import languageNl from "./language.nl.ftl?raw";
import frameEn from "./frame.en.ftl?raw";
import frameNl from "./frame.nl.ftl?raw";
import lockEn from "./lock.en.ftl?raw";
import lockNl from "./lock.nl.ftl?raw";
import partsEn from "./parts.en.ftl?raw";
import partsNl from "./parts.nl.ftl?raw";
import projectEn from "./project.en.ftl?raw";
import projectNl from "./project.nl.ftl?raw";
import projectsEn from "./projects.en.ftl?raw";
import projectsNl from "./projects.nl.ftl?raw";
import shortcutsEn from "./shortcuts.en.ftl?raw";
import shortcutsNl from "./shortcuts.nl.ftl?raw";
import windowEn from "./window.en.ftl?raw";
import windowNl from "./window.nl.ftl?raw";

/** The languages that Polder speaks. */
export const LANGUAGES = ["en", "nl"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a message may be told. */
export type Args = Record<string, FluentVariable>;

const STORED = "polder.language";
const REGION: Record<Language, string> = { en: "GB", nl: "NL" };

const texts: Record<Language, string[]> = {
  en: [en, lockEn, frameEn, partsEn, projectEn, projectsEn, shortcutsEn, windowEn],
  nl: [nl, lockNl, frameNl, partsNl, projectNl, projectsNl, shortcutsNl, windowNl],
};
// Each language's own name; alone in a file, because it is shown where the other language is not spoken.
const names: Record<Language, string> = { en: languageEn, nl: languageNl };

// Read when they are first spoken: a start speaks one language.
const bundles: Partial<Record<Language, FluentBundle>> = {};

let chosen = $state<Language>(first());

/** The language in use. */
export function language(): Language {
  return chosen;
}

/** Changes the language, now and for the next start. */
export function choose(next: Language): void {
  chosen = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // A webview without storage still speaks the language until it quits.
  }
}

/** The locale for dates, numbers and sizes: the chosen language as the person's region writes it. */
export function locale(): string {
  const region = preferred().map(regionOf).find((found) => found !== undefined);
  return `${chosen}-${region ?? REGION[chosen]}`;
}

/** The message's text. */
export function t(id: string, args?: Args): string {
  return text(id, undefined, args) ?? id;
}

/** The message's text, or nothing when there is no such message. */
export function maybe(id: string, args?: Args): string | undefined {
  return text(id, undefined, args);
}

/** One attribute of a message, such as its title. */
export function attribute(id: string, name: string, args?: Args): string | undefined {
  return text(id, name, args);
}

/** Learns more words, of a screen that comes later than the first. Each module of words does it once. */
export function learn(more: Record<Language, string>): void {
  for (const each of LANGUAGES) {
    texts[each].push(more[each]);
    bundles[each]?.addResource(new FluentResource(more[each]));
  }
}

/** The name of a language in itself, whatever is chosen. */
export function nameOf(which: Language): string {
  const named = bundle(which, [names[which]]);
  const pattern = named.getMessage("language-name")?.value;
  return pattern ? named.formatPattern(pattern) : which;
}

function text(id: string, name: string | undefined, args: Args | undefined): string | undefined {
  const from = (bundles[chosen] ??= bundle(chosen, texts[chosen]));
  const message = from.getMessage(id);
  const pattern = name === undefined ? message?.value : message?.attributes[name];
  // Errors in a pattern leave its readable remains, which serve a person better than nothing.
  return pattern ? from.formatPattern(pattern, args ?? null, []) : undefined;
}

function bundle(tag: Language, sources: string[]): FluentBundle {
  // Both languages run left to right, so isolating marks would only end up in copied text.
  const made = new FluentBundle(tag, { useIsolating: false });
  for (const source of sources) made.addResource(new FluentResource(source));
  return made;
}

function first(): Language {
  const wanted = stored() ?? negotiateLanguages(preferred(), LANGUAGES, { defaultLocale: "en", strategy: "lookup" })[0];
  const found = LANGUAGES.find((known) => known === wanted) ?? "en";
  if (typeof document !== "undefined") document.documentElement.lang = found;
  return found;
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function regionOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).region;
  } catch {
    // Some systems hand on names that are no language tags, such as "C".
    return undefined;
  }
}

function preferred(): readonly string[] {
  return typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
}
