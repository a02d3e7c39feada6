import { describe, expect, test } from "vitest";
import { collect, crates, npm, type Metadata } from "../vite.licences";

const crate = (name: string, source: string | null = "registry") => ({
  id: name, name, version: "1.0.0", license: "MIT", source, manifest_path: `/crates/${name}/Cargo.toml`,
});
const metadata: Metadata = {
  packages: [crate("polder-desktop", null), crate("polder-client", null), crate("rustls"), crate("ring"), crate("tempfile"), crate("cc"), crate("axum")],
  resolve: {
    nodes: [
      { id: "polder-desktop", deps: [{ pkg: "polder-client", dep_kinds: [{ kind: null }] }, { pkg: "tempfile", dep_kinds: [{ kind: "dev" }] }] },
      { id: "polder-client", deps: [{ pkg: "rustls", dep_kinds: [{ kind: "dev" }, { kind: null }] }] },
      { id: "rustls", deps: [{ pkg: "ring", dep_kinds: [{ kind: null }] }, { pkg: "cc", dep_kinds: [{ kind: "build" }] }, { pkg: "polder-client", dep_kinds: [{ kind: null }] }] },
    ],
  },
};

describe("the libraries that people get", () => {
  test("of the program are those it runs with, not those that test or build it, nor Polder's own", () => {
    expect(crates(metadata, ["polder-desktop"]).map(({ name, folder }) => [name, folder])).toEqual([
      ["rustls", "/crates/rustls"], ["ring", "/crates/ring"],
    ]);
    expect(() => crates(metadata, ["polder-missing"])).toThrow("polder-missing");
  });

  test("of the page are its dependencies and theirs, each where it would be found", () => {
    const lock = {
      packages: {
        "": {},
        "node_modules/ol": { version: "10.0.0", license: "BSD-2-Clause", dependencies: { rbush: "^4", "@types/rbush": "4" } },
        "node_modules/rbush": { version: "3.0.0", license: "MIT" },
        "node_modules/ol/node_modules/rbush": { version: "4.0.0", license: "MIT", dependencies: { quickselect: "^3" } },
        "node_modules/quickselect": { version: "3.0.0", license: "ISC" },
        "node_modules/svelte": { version: "5.0.0", license: "MIT", dependencies: { acorn: "8" } },
        "node_modules/acorn": { version: "8.0.0", license: "MIT" },
      },
    };
    const found = npm(lock, ["ol"], ["svelte"]).map(({ name, version }) => `${name} ${version}`);
    expect(found.sort()).toEqual(["ol 10.0.0", "quickselect 3.0.0", "rbush 4.0.0", "svelte 5.0.0"]);
  });
});

describe("the list of licences", () => {
  const library = (name: string, licence = "MIT", version = "1.0.0") => ({ name, version, licence, folder: name });

  test("has each text once, however it is broken into lines", () => {
    const texts: Record<string, string[]> = { a: ["One\ntext"], b: ["One text\r\n", "Another"] };
    const { libraries, texts: kept } = collect([library("b"), library("a")], (folder) => texts[folder] ?? []);
    expect(libraries.map(({ name, texts: own }) => [name, own])).toEqual([["a", [0]], ["b", [0, 1]]]);
    expect(kept).toEqual(["One\ntext", "Another"]);
  });

  test("gives the Apache licence to whoever names it and ships no text", () => {
    const { libraries } = collect([library("a", "Apache-2.0"), library("b", "MIT OR Apache-2.0"), library("c")], (folder) =>
      folder === "a" ? ["  Apache License\n  Version 2.0, January 2004"] : [],
    );
    expect(libraries.map(({ texts }) => texts)).toEqual([[0], [0], []]);
  });

  test("takes no library that says nothing about its licence", () => {
    expect(() => collect([library("x", "")], () => [])).toThrow("x 1.0.0");
  });
});
