import { describe, expect, test } from "vitest";
import type { Code } from "$lib/bindings/Code";
import type { Update } from "$lib/bindings/Update";
import { NO_UPDATE, noticeFor, overBy, paragraphs } from "$lib/updates";
import { codes } from "./sources";

const ready: Update = { state: "ready", version: "1.4.0", done: 9, total: 9 };

test("only a version that the platform refuses, or a list whose time is over, ends this version's time", () => {
  const found = (codes() as Code[]).flatMap((code) => (overBy(code) ? [[code, overBy(code)]] : []));
  expect(found).toEqual([["client-outdated", "platform"], ["metadata-expired", "list"]]);
});

describe("the notice at the window's foot", () => {
  test("tells a version that is ready, and nothing while it comes in", () => {
    expect(noticeFor(ready, null, null)).toBe("ready");
    for (const state of ["none", "fetching", "paused"] as const) expect(noticeFor({ ...ready, state }, null, null), state).toBeNull();
    expect(noticeFor(NO_UPDATE, null, null)).toBeNull();
  });

  test("stays away once it was put away, until another version is ready", () => {
    expect(noticeFor(ready, null, "1.4.0")).toBeNull();
    expect(noticeFor({ ...ready, version: "1.4.1" }, null, "1.4.0")).toBe("ready");
  });

  test("cannot be put away when this version's time is over", () => {
    expect(noticeFor(ready, "platform", "1.4.0")).toBe("over");
    expect(noticeFor(NO_UPDATE, "list", null)).toBe("over");
  });
});

describe("notes", () => {
  test("are paragraphs between empty lines, from any system", () => {
    expect(paragraphs("One.\n\nTwo,\nstill two.\n \nThree.\n\n\n")).toEqual(["One.", "Two,\nstill two.", "Three."]);
    expect(paragraphs("One.\r\n\r\nTwo.\r\rThree.")).toEqual(["One.", "Two.", "Three."]);
  });

  test("without words are no paragraph", () => {
    expect(paragraphs("")).toEqual([]);
    expect(paragraphs(" \n\n \n")).toEqual([]);
  });

  test("stay the text that they are, markup and all", () => {
    expect(paragraphs("<img src=x onerror=alert(1)>")).toEqual(["<img src=x onerror=alert(1)>"]);
  });
});
