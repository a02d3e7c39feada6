import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** The drawings of lucide-static that Polder uses. */
export const NAMES = [
  "arrow-down", "arrow-left", "arrow-up", "arrow-up-down", "check", "chevron-down", "chevron-right",
  "chevron-up", "circle-alert", "circle-check", "circle-help", "clock", "copy", "copy-plus", "crosshair",
  "download", "ellipsis", "eye", "eye-off", "file-input", "file-text", "folder", "history", "info", "key-round",
  "keyboard", "languages", "layers", "layout-grid", "list", "lock", "log-out", "map", "maximize", "minus",
  "monitor", "moon", "mouse-pointer-2", "network", "palette", "panel-left", "pencil", "pin", "pin-off", "plus",
  "printer", "refresh-cw", "rotate-ccw", "ruler", "save", "search", "settings", "settings-2", "share-2", "shield-check",
  "sun", "table-2", "timer", "trash-2", "triangle-alert", "upload", "user", "user-plus", "users", "wifi-off", "x",
] as const;

const MODULE = "virtual:icons";
const RESOLVED = `\0${MODULE}`;

/**
 * Reads the drawings at build time into plain lists of shapes, `[tag, attributes]`. Text that is markup would
 * need a Trusted Types policy of its own at run time; shapes need none.
 */
export function icons(): Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: "polder-icons",
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return;
      const drawings = Object.fromEntries(
        NAMES.map((name) => [name, shapes(readFileSync(require.resolve(`lucide-static/icons/${name}.svg`), "utf8"))]),
      );
      return `export default ${JSON.stringify(drawings)};`;
    },
  };
}

/**
 * OpenLayers measures a letter's height in an element whose text it sets as markup, its only use of markup on our
 * way. Trusted Types refuse that, and no map with names would be drawn. Here the same text is set as text; another
 * version of the library that no longer says it so stops the build.
 */
export function openlayersWithoutMarkup(): Plugin {
  const from = "measureElement.innerHTML = 'M'";
  return {
    name: "polder-openlayers-without-markup",
    transform(code, id) {
      if (!/\/ol\/render\/canvas\.js$/.test(id.split("?")[0] ?? "")) return;
      if (code.split(from).length !== 2) this.error("ol/render/canvas.js no longer measures text as it did");
      return { code: code.replace(from, "measureElement.textContent = 'M'"), map: null };
    },
  };
}

/** The shapes within an SVG file of Lucide's, which has one element a line and no nesting. */
export function shapes(svg: string): [string, Record<string, string>][] {
  const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return [...inside.matchAll(/<(\w+)\s([^>]*?)\s*\/>/g)].map(([, tag = "", attributes = ""]) => [
    tag,
    Object.fromEntries([...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  ]);
}
