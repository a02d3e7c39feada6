import { afterEach, expect, test, vi } from "vitest";

const setTheme = vi.fn(() => Promise.resolve());
vi.mock("$lib/ipc", () => ({ backend: { setTheme } }));
const { chooseTheme, parseTheme, startTheme, theme } = await import("$lib/theme.svelte");

function page(kept: string | null) {
  const store = new Map(kept === null ? [] : [["polder.theme", kept]]);
  const root = { dataset: {} as Record<string, string> };
  vi.stubGlobal("document", { documentElement: root });
  vi.stubGlobal("localStorage", { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => store.set(key, value) });
  return { root, store };
}

afterEach(() => vi.unstubAllGlobals());

test("what is stored is taken only when it is a choice", () => {
  expect(["light", "dark", "system", "Dark", "", "javascript:", null].map(parseTheme)).toEqual([
    "light", "dark", "system", "system", "system", "system", "system",
  ]);
});

test("a start takes up what was chosen, and tells the window's frame", () => {
  const { root } = page("dark");
  startTheme();
  expect(theme()).toBe("dark");
  expect(root.dataset).toEqual({ theme: "dark" });
  expect(setTheme).toHaveBeenLastCalledWith("dark");
});

test("a choice is kept, and the system's leaves no mark on the page", () => {
  const { root, store } = page("dark");
  startTheme();
  chooseTheme("system");
  expect(root.dataset).toEqual({});
  expect(store.get("polder.theme")).toBe("system");
  expect(setTheme).toHaveBeenLastCalledWith("system");
});
