import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The `ui` folder. */
export const UI = fileURLToPath(new URL("..", import.meta.url));

/** A file's text, by its path in the `ui` folder. */
export const read = (path: string): string => readFileSync(join(UI, path), "utf8");

/** Paths of all files in `src` with one of these endings. */
export function sources(...endings: string[]): string[] {
  return readdirSync(join(UI, "src"), { recursive: true, encoding: "utf8" })
    .map((path) => join("src", path))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort();
}

/** Every code that the programs behind the window may say, from the generated type. */
export function codes(): string[] {
  const type = read("src/lib/bindings/Code.ts").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  return [...type.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code ?? "");
}
