import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { licences } from "./vite.licences.ts";
import { icons, openlayersWithoutMarkup } from "./vite.plugins.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `--mode fake` puts an invented backend where the real one stands, to draw and look at screens in a plain
// browser. No other mode can reach that file; a test searches the built bundle for it.
export default defineConfig(({ mode }) => ({
  plugins: [icons(), licences(mode === "fake"), openlayersWithoutMarkup(), svelte()],
  resolve: {
    alias: [
      ...(mode === "fake"
        ? [
            { find: /^\$lib\/ipc$/, replacement: at("dev/fake-backend.ts") },
            // ?gallery=1 and ?gallery=colour show the parts and the colours instead.
            { find: /^\.\/App\.svelte$/, replacement: at("dev/Start.svelte") },
            { find: "$sample", replacement: process.env["POLDER_SAMPLE"] ?? at("../crates/local/sample/helsinki") },
          ]
        : []),
      { find: "$lib", replacement: at("src/lib") },
    ],
    // Vitest runs in Node but mounts nothing: the browser build of Svelte is what ships.
    conditions: ["browser", "module", "import", "default"],
  },
  build: {
    outDir: mode === "fake" ? "dist-fake" : "dist",
    target: "es2022",
    // Its polyfill fetches, which the content security policy forbids; every webview here has the real thing.
    modulePreload: { polyfill: false },
    // A data: URL would not be a font or script of our own under the policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { port: 1420, strictPort: true },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
}));
