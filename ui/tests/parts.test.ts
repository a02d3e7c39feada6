import { describe, expect, test } from "vitest";
import { findTyped, stepTo } from "../src/lib/parts/menu";
import { AFTER, LEAST, look } from "../src/lib/waiting";

describe("a menu by keyboard", () => {
  test("arrows go round, Home and End jump, other keys do not", () => {
    expect(["ArrowDown", "ArrowUp", "Home", "End", "x"].map((key) => stepTo(key, 2, 3))).toEqual([0, 1, 0, 2, undefined]);
    expect(stepTo("ArrowUp", 0, 3)).toBe(2);
    expect(stepTo("ArrowDown", -1, 3)).toBe(0);
    expect(stepTo("ArrowDown", 0, 0)).toBeUndefined();
  });

  test("typing finds the next that begins so; the same letter again goes on", () => {
    const labels = ["Open", "Pin", "Rename", "Restore", "Move to trash"];
    expect(findTyped(labels, "r", 0)).toBe(2);
    expect(findTyped(labels, "rr", 2)).toBe(3);
    expect(findTyped(labels, "rrr", 3)).toBe(2);
    expect(findTyped(labels, "res", 2)).toBe(3);
    expect(findTyped(labels, "z", 0)).toBeUndefined();
  });
});

describe("waiting", () => {
  test("is not shown when it is short", () => {
    expect(look(0, null, AFTER - 1)).toEqual({ look: "nothing", again: 1 });
    expect(look(0, AFTER - 1, AFTER - 1)).toEqual({ look: "content", again: null });
  });

  test("once shown, it is shown long enough to be seen", () => {
    expect(look(0, null, AFTER)).toEqual({ look: "skeleton", again: null });
    expect(look(0, AFTER + 10, AFTER + 10)).toEqual({ look: "skeleton", again: LEAST - 10 });
    expect(look(0, AFTER + 10, AFTER + LEAST)).toEqual({ look: "content", again: null });
    expect(look(0, 5_000, 5_000)).toEqual({ look: "content", again: null });
  });
});
