import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** The programs' own packages; whatever they are built from ends up on people's computers. */
const PROGRAMS = ["polder-desktop", "polder-launcher"];
/** Pictures show so many, whatever a new dependency adds. */
const PICTURED = 500;
/** In the page although they only build it: what a component needs to run, and the drawings. */
const BUILT_IN = ["svelte", "clsx", "esm-env", "lucide-static"];

const MODULE = "virtual:licences";
const RESOLVED = `\0${MODULE}`;
const UI = fileURLToPath(new URL(".", import.meta.url));

/** A library as it stands in the list: `texts` are places in the list of texts, for many share one. */
export interface Library {
  name: string;
  version: string;
  licence: string;
  texts: number[];
}

/** A library and where its files are. */
export interface Found {
  name: string;
  version: string;
  licence: string;
  folder: string;
}

/** The parts of `cargo metadata` that are read. */
export interface Metadata {
  packages: { id: string; name: string; version: string; license: string | null; source: string | null; manifest_path: string }[];
  resolve: { nodes: { id: string; deps: { pkg: string; dep_kinds: { kind: string | null }[] }[] }[] };
}

/** The parts of package-lock.json that are read. */
export interface Lock {
  packages: Record<string, { version?: string; license?: string; dependencies?: Record<string, string> }>;
}

/** The licences of everything that people get, for the page that lists them; nothing else loads it. */
export function licences(pictured: boolean): Plugin {
  return {
    name: "polder-licences",
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return;
      const lock = JSON.parse(readFileSync(join(UI, "package-lock.json"), "utf8")) as Lock;
      const { dependencies } = JSON.parse(readFileSync(join(UI, "package.json"), "utf8")) as { dependencies: Record<string, string> };
      const all = [...crates(metadata(), PROGRAMS), ...npm(lock, Object.keys(dependencies), BUILT_IN)];
      const { libraries, texts } = collect(all, textsIn);
      const list = { libraries: pictured ? libraries.slice(0, PICTURED) : libraries, texts };
      // Text in a string is parsed faster than the same as code.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(list))});`;
    },
  };
}

/** What the programs are built from, without what only tests and builds it, and without Polder's own packages. */
export function crates({ packages, resolve }: Metadata, programs: readonly string[]): Found[] {
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const reached = new Set<string>();
  const open = programs.map((program) => {
    const root = packages.find(({ name, source }) => name === program && source === null);
    if (!root) throw new Error(`cargo metadata knows no ${program}`);
    return root.id;
  });
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) {
      if (dep_kinds.some(({ kind }) => kind === null)) open.push(pkg);
    }
  }
  return packages
    .filter(({ id, source }) => reached.has(id) && source !== null)
    .map(({ name, version, license, manifest_path }) => ({ name, version, licence: license ?? "", folder: dirname(manifest_path) }));
}

/** The page's dependencies and theirs, where Node would find them, and the `builtIn` ones alone. */
export function npm({ packages }: Lock, roots: readonly string[], builtIn: readonly string[]): Found[] {
  const reached = new Set<string>();
  const open: [from: string, name: string][] = roots.map((name) => ["", name]);
  for (let next = open.pop(); next; next = open.pop()) {
    const path = nearest(packages, next[0], next[1]);
    if (path === undefined || reached.has(path)) continue;
    reached.add(path);
    // Types are gone when the page runs.
    for (const name of Object.keys(packages[path]?.dependencies ?? {})) if (!name.startsWith("@types/")) open.push([path, name]);
  }
  for (const name of builtIn) reached.add(`node_modules/${name}`);
  return [...reached].map((path) => {
    const { version, license } = packages[path] ?? {};
    if (version === undefined) throw new Error(`package-lock.json knows no ${path}`);
    return { name: path.replace(/^.*node_modules\//, ""), version, licence: license ?? "", folder: join(UI, path) };
  });
}

/** The list, sorted by name, with each text once; the Apache licence is the same for everybody, whoever ships it. A library without a licence at all stops the build. */
export function collect(found: readonly Found[], textsOf: (folder: string) => string[]): { libraries: Library[]; texts: string[] } {
  const texts = new Map<string, number>();
  const place = (text: string) => {
    const key = text.replace(/\s+/g, " ").trim();
    const known = texts.get(key) ?? texts.size;
    texts.set(key, known);
    if (known === kept.length) kept.push(text.replace(/\r\n?/g, "\n").trim());
    return known;
  };
  const kept: string[] = [];
  const libraries = [...found]
    .sort((a, b) => a.name.localeCompare(b.name, "en") || a.version.localeCompare(b.version, "en", { numeric: true }))
    .map(({ name, version, licence, folder }) => {
      const own = [...new Set(textsOf(folder).map(place))];
      if (licence === "" && own.length === 0) throw new Error(`${name} ${version} says nothing about its licence`);
      return { name, version, licence, texts: own };
    });
  const apache = kept.findIndex((text) => /^\s*Apache License\s+Version 2\.0/.test(text));
  for (const library of libraries) {
    if (library.texts.length === 0 && apache >= 0 && library.licence.includes("Apache-2.0")) library.texts.push(apache);
  }
  return { libraries, texts: kept };
}

function metadata(): Metadata {
  const ask = (...more: string[]) =>
    JSON.parse(
      execFileSync("cargo", ["metadata", "--format-version", "1", "--locked", ...more], {
        cwd: join(UI, ".."), encoding: "utf8", maxBuffer: 256 << 20, stdio: ["ignore", "pipe", "pipe"],
      }),
    ) as Metadata;
  try {
    return ask("--offline");
  } catch {
    // Not everything is on this computer yet.
    return ask();
  }
}

function nearest(packages: Lock["packages"], from: string, name: string): string | undefined {
  for (let folder: string = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    const path: string = `${folder}${folder === "" ? "" : "/"}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === "") return undefined;
  }
}

function textsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|copyright|unlicense|notice)/i.test(entry.name) && !/\.(rs|json|html|toml)$/i.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
}
