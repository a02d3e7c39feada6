// All that the palette offers: projects, screens, what works on this screen, and how Polder looks and speaks.
import { keysNow, workingNow } from "$lib/actions.svelte";
import type { Summary } from "$lib/bindings/Summary";
import { LANGUAGES, choose, language, nameOf, t } from "$lib/fluent/index.svelte";
import { THEMES, chooseTheme, theme } from "$lib/theme.svelte";
import { SETTINGS, manages, type Frame, type SettingsPage } from "./frame";

/** One line of the palette. */
export interface Entry {
  id: string;
  label: string;
  /** What sort of thing it is, in a word. */
  kind: string;
  icon: string;
  keys?: string;
  run: () => void;
}

/** Each settings page's icon. */
export const PAGE_ICONS: Record<SettingsPage, string> = { appearance: "palette", keyboard: "keyboard", network: "network", about: "info" };
/** Each theme's icon. */
export const THEME_ICONS = { system: "monitor", light: "sun", dark: "moon" } as const;

/** What can be gone to or done now. */
export function entries(frame: Frame, projects: readonly Summary[]): Entry[] {
  const setting = t("palette-setting");
  const action = t("palette-action");
  return [
    ...projects.map(({ id, name }) => ({
      id: `project:${id}`, label: name, kind: t("palette-project"), icon: "map", run: () => frame.project(id),
    })),
    ...(frame.at === "projects" ? [] : [{ id: "projects", label: t("projects-title"), kind: t("palette-screen"), icon: "layout-grid", run: () => frame.projects() }]),
    ...workingNow().flatMap(({ id, run, icon }) =>
      run === null || !icon || id === "palette"
        ? []
        : [{ id, label: t(`shortcut-${id}`), kind: action, icon, ...(keysNow(id) ? { keys: keysNow(id) } : {}), run }],
    ),
    { id: "account", label: t("frame-account"), kind: t("palette-screen"), icon: "user", run: () => frame.account() },
    ...(manages(frame.me) ? [{ id: "people", label: t("frame-people"), kind: t("palette-screen"), icon: "users", run: () => frame.people() }] : []),
    ...SETTINGS.map((page) => ({
      id: `settings:${page}`, label: t("palette-settings-page", { page: t(`settings-${page}`) }), kind: setting, icon: PAGE_ICONS[page],
      run: () => frame.settings(page),
    })),
    ...THEMES.filter((each) => each !== theme()).map((each) => ({
      id: `theme:${each}`, label: t(`palette-theme-${each}`), kind: action, icon: THEME_ICONS[each], run: () => chooseTheme(each),
    })),
    ...LANGUAGES.filter((each) => each !== language()).map((each) => ({
      id: `language:${each}`, label: t("palette-language", { language: nameOf(each) }), kind: action, icon: "languages", run: () => choose(each),
    })),
    { id: "lock", label: t("frame-lock"), kind: action, icon: "lock", run: () => frame.lock() },
    { id: "sign-out", label: t("projects-sign-out"), kind: action, icon: "log-out", run: () => frame.signOut() },
  ];
}
