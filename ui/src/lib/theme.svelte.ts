// Light, dark, or as the computer is set. The page follows `data-theme` on its root; the native frame is told, too.
import { backend } from "$lib/ipc";
import type { ThemeChoice } from "$lib/bindings/ThemeChoice";

/** What a person may choose. */
export const THEMES = ["system", "light", "dark"] as const satisfies readonly ThemeChoice[];

const STORED = "polder.theme";
let chosen = $state<ThemeChoice>("system");

/** The theme in use. */
export function theme(): ThemeChoice {
  return chosen;
}

/** Takes up what was chosen before. Called before the first paint. */
export function startTheme(): void {
  apply(parseTheme(stored()));
}

/** Changes the theme, now and for the next start. */
export function chooseTheme(next: ThemeChoice): void {
  apply(next);
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // A webview without storage keeps to it until it quits.
  }
}

/** What is stored may be anything; what is no choice is as the computer is set. */
export function parseTheme(kept: string | null): ThemeChoice {
  return THEMES.find((known) => known === kept) ?? "system";
}

function apply(next: ThemeChoice): void {
  chosen = next;
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  // The frame around the window is the system's: where it does not follow, the page is still as it was chosen.
  backend.setTheme(next).catch(() => undefined);
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
