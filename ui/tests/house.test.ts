// Rules of the house that a reader would otherwise have to watch for.
import { parse, type AST } from "svelte/compiler";
import { describe, expect, test } from "vitest";
import { read, sources } from "./sources";

const svelte = sources(".svelte");
const scripts = sources(".ts").filter((path) => !path.includes("bindings"));

test("only lib/ipc.ts talks to the program behind the window", () => {
  const users = [...svelte, ...scripts].filter((path) => /from "@tauri-apps|__TAURI__/.test(read(path)));
  expect(users).toEqual(["src/lib/ipc.ts"]);
});

test("only lib/map and its one screen know the map's library", () => {
  const users = [...svelte, ...scripts].filter((path) => /from "ol\//.test(read(path)));
  for (const path of users) expect(path).toMatch(/^src\/lib\/map\//);
});

test.each([...svelte, ...scripts])("%s makes no markup from text and asks nobody else", (path) => {
  const source = read(path);
  expect(source).not.toMatch(/\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  expect(source).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon/);
  expect(source.replace(/https:\/\/github\.com\/Aleph-Alpha\/ts-rs/g, "")).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  expect(source).not.toMatch(/console\./);
});

describe.each(svelte)("%s", (path) => {
  const tree = parse(read(path), { modern: true });

  test("has no words of its own: people's words are Fluent", () => {
    const found: string[] = [];
    walk(tree.fragment, (node) => {
      // One letter is a key on the keyboard, the same in every language.
      if (node.type === "Text" && /\p{L}{2}/u.test(node.data)) found.push(node.data.trim());
    });
    expect(found).toEqual([]);
  });

  test("has no style attribute, which the content security policy would drop", () => {
    walk(tree.fragment, (node) => {
      if (node.type === "Attribute") expect(node.name).not.toBe("style");
      if (node.type === "StyleDirective") expect(isConstant(node), `style:${node.name}`).toBe(false);
    });
  });

  test("takes its colours from the tokens", () => {
    // The mark keeps its own; what phones scan stays dark on white.
    if (/(Brand|Mark|Enrolment)\.svelte$/.test(path)) return;
    expect(tree.css?.content.styles ?? "").not.toMatch(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i);
  });
});

test("the lock file names no mirror", () => {
  const lock = read("package-lock.json");
  for (const [, address] of lock.matchAll(/"resolved": "([^"]+)"/g)) {
    expect(address).toMatch(/^https:\/\/registry\.npmjs\.org\//);
  }
});

test("each dependency is one exact version", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  for (const version of Object.values({ ...dependencies, ...devDependencies })) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

/** Static attribute values are not words to a person unless they are read out. */
const SPOKEN = /^(aria-label|aria-description|aria-roledescription|title|placeholder|alt)$/;
/** The name is the same in every language. */
const NAMES = new Set(["Polder"]);

test.each(svelte)("%s: what is read out is Fluent too", (path) => {
  walk(parse(read(path), { modern: true }).fragment, (node) => {
    if (node.type !== "Attribute" || !SPOKEN.test(node.name) || !Array.isArray(node.value)) return;
    for (const part of node.value) {
      if (part.type === "Text" && !NAMES.has(part.data)) expect(part.data, node.name).not.toMatch(/\p{L}/u);
    }
  });
});

type Node = AST.SvelteNode;

function walk(node: unknown, visit: (node: Node) => void, parent?: Node): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, visit, parent);
  } else if (typeof node === "object" && node !== null) {
    const here = "type" in node ? (node as Node) : undefined;
    // The text of an attribute or a length is its owner's affair.
    const owned = parent?.type === "Attribute" || parent?.type === "StyleDirective";
    if (here && !(here.type === "Text" && owned)) visit(here);
    for (const [key, value] of Object.entries(node)) {
      if (key !== "metadata" && key !== "parent") walk(value, visit, here ?? parent);
    }
  }
}

function isConstant({ value }: AST.StyleDirective): boolean {
  return Array.isArray(value) ? value.every(({ type }) => type === "Text") : value === true;
}
