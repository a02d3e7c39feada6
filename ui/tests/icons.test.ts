import { expect, test } from "vitest";
import { NAMES } from "../vite.plugins";
import { read, sources } from "./sources";

test("every drawing that a screen names is there, for a missing one would be an empty place", () => {
  const known: readonly string[] = NAMES;
  for (const path of sources(".svelte", ".ts")) {
    for (const [, name] of read(path).matchAll(/(?:<Icon name=|\bicon(?:=|: ))"([a-z\d-]+)"/g)) {
      expect(known, `${path} draws ${name}`).toContain(name);
    }
  }
});
