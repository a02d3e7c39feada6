import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "vite";
import { UI } from "./sources";

const folders: string[] = [];
/** Builds as `npm run build` does, and gives all of it as text. */
async function built(e2e: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "polder-ui-"));
  folders.push(folder);
  const before = { e2e: process.env["VITE_E2E"], node: process.env["NODE_ENV"] };
  if (e2e) process.env["VITE_E2E"] = "1";
  else delete process.env["VITE_E2E"];
  // Vitest sets "test", which would build for development.
  process.env["NODE_ENV"] = "production";
  try {
    await build({ root: UI, mode: "production", logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  } finally {
    if (before.e2e === undefined) delete process.env["VITE_E2E"];
    else process.env["VITE_E2E"] = before.e2e;
    if (before.node !== undefined) process.env["NODE_ENV"] = before.node;
  }
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  return { files, text: (file: string) => readFileSync(join(folder, file), "utf8") };
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describe("what people get", () => {
  let bundle: Awaited<ReturnType<typeof built>>;
  let all = "";
  beforeAll(async () => {
    bundle = await built(false);
    all = bundle.files.map(bundle.text).join("\n");
  }, 60_000);

  test("holds no invented backend", () => {
    expect(all).not.toContain("polder-fake-backend");
    expect(all).not.toContain("Aino Virtanen");
  });

  test("keeps the map to itself", () => {
    expect(all).not.toContain("__polderMap");
  });

  test("is script, style and one page, and nothing in the page itself", () => {
    expect(bundle.files.map((file) => file.split(".").pop()).sort()).toEqual(["css", "css", "html", "js", "js"]);
    const page = bundle.text("index.html");
    expect(page).not.toMatch(/<style|style=|\son\w+=/);
    expect(page.match(/<script\b[^>]*>/g)).toHaveLength(1);
    expect(page).toMatch(/<script type="module" crossorigin src="\/assets\//);
  });

  test("fetches nothing from anywhere", () => {
    const addresses = [...all.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address);
    // Names of formats and of documentation in messages, never asked for.
    const known = /^https?:\/\/(www\.w3\.org|svelte\.dev|openlayers\.org|www\.opengis\.net|spatialreference\.org)/;
    expect(addresses.filter((address) => !known.test(address))).toEqual([]);
    expect(all).not.toMatch(/@import|url\((?!["']?(data:|#))/);
  });

  test("sets no text as markup but through Svelte's own policy", () => {
    const uses = [...all.matchAll(/.{90}\.innerHTML\s*=[^=].{30}/g)].map(([use]) => use);
    expect(all).toContain("svelte-trusted-html");
    // OpenLayers brings its attribution control along; Polder shows the attribution itself and makes no controls.
    const idle = uses.filter((use) => use.includes("ulElement_"));
    const through = uses.filter((use) => use.includes("createHTML"));
    expect([idle.length, through.length, uses.length]).toEqual([1, 1, 2]);
  });

  test("the gate does not wait for the map", () => {
    const page = bundle.text("index.html");
    const first = /src="\/(assets\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
    expect(bundle.text(first).length).toBeLessThan(250_000);
    expect(page.match(/modulepreload/g)).toBeNull();
  });
});

test("builds for window tests give them the map", async () => {
  const bundle = await built(true);
  expect(bundle.files.map(bundle.text).join("\n")).toContain("__polderMap");
}, 60_000);
