import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gzipSync } from "node:zlib";
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
  let made: Awaited<ReturnType<typeof build>>;
  try {
    made = await build({ root: UI, mode: "production", logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  } finally {
    if (before.e2e === undefined) delete process.env["VITE_E2E"];
    else process.env["VITE_E2E"] = before.e2e;
    if (before.node !== undefined) process.env["NODE_ENV"] = before.node;
  }
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  const outputs = [made].flat().flatMap((each) => ("output" in each ? each.output : []));
  /** The files of others' that ended up in it. */
  const modules = outputs.flatMap((each) => (each.type === "chunk" ? each.moduleIds : []));
  return { files, modules, text: (file: string) => readFileSync(join(folder, file), "utf8") };
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describe("what people get", () => {
  let bundle: Awaited<ReturnType<typeof built>>;
  let all = "";
  let licences = "";
  beforeAll(async () => {
    bundle = await built(false);
    // Others' licences are data that name many addresses; they are held to rules of their own.
    const isLicences = (file: string) => /_virtual_licences-[\w-]+\.js$/.test(file);
    all = bundle.files.filter((file) => !isLicences(file)).map(bundle.text).join("\n");
    licences = bundle.text(bundle.files.find(isLicences) ?? "");
  }, 60_000);

  test("holds no invented backend", () => {
    expect(all).not.toContain("polder-fake-backend");
    expect(all).not.toContain("Aino Virtanen");
  });

  test("holds no gallery", () => {
    expect(all).not.toContain("polder-gallery");
    expect(bundle.modules.filter((id) => id.startsWith(join(UI, "dev")))).toEqual([]);
  });

  test("keeps the map to itself", () => {
    expect(all).not.toContain("__polderMap");
  });

  test("is script, style and one page, and nothing in the page itself", () => {
    const kinds = bundle.files.map((file) => file.split(".").pop() ?? "").sort();
    expect([...new Set(kinds)]).toEqual(["css", "html", "js"]);
    expect(kinds.filter((kind) => kind === "html")).toHaveLength(1);
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

  test("the way to sign in waits for no map, settings or licences, and is less than 200 kB", () => {
    const page = bundle.text("index.html");
    const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? "");
    expect(named.map((file) => file.split(".").pop()).sort()).toEqual(["css", "js"]);
    // What the first script imports outright would be waited for, too.
    const script = bundle.text(named.find((file) => file.endsWith(".js")) ?? "");
    expect(script.match(/\bimport\s*[{*"'\w][^(]*?from\s*["']/g)).toBeNull();
    const packed = ["index.html", ...named].reduce((sum, file) => sum + gzipSync(bundle.text(file)).length, 0);
    expect(packed).toBeLessThan(200_000);
    expect(script.length).toBeLessThan(250_000);
    expect(page.match(/modulepreload/g)).toBeNull();
  });

  test("the licences are data, and name every library that is in the page", () => {
    expect(licences).toMatch(/^\s*var \w+=JSON\.parse\([`'"][\s\S]*[`'"]\);?\s*export\s*\{[^}]*\};?\s*$/);
    const packages = bundle.modules.flatMap((id) => /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/(?!.*node_modules\/)/.exec(id)?.[1] ?? []);
    expect(packages).toContain("ol");
    for (const name of new Set(packages)) expect(licences).toContain(`"name":"${name}"`);
  });
});

test("builds for window tests give them the map", async () => {
  const bundle = await built(true);
  expect(bundle.files.map(bundle.text).join("\n")).toContain("__polderMap");
}, 60_000);
