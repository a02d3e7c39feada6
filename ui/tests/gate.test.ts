import { expect, test } from "vitest";
import { STEPS, levelOf, standing } from "../src/screens/gate/steps";

test("steps before the present one are done, those after it are not yet", () => {
  expect(STEPS.map((step) => standing(step, "verifying"))).toEqual(["done", "now", "later"]);
  expect(STEPS.map((step) => standing(step, "reaching"))).toEqual(["now", "later", "later"]);
  expect(STEPS.map((step) => standing(step, "done"))).toEqual(["done", "done", "done"]);
});

test("water rises with steps and bytes, and never falls or tells more than is known", () => {
  const levels = [
    { step: "reaching", done: 0, total: 0 }, { step: "verifying", done: 0, total: 0 }, { step: "comparing", done: 0, total: 0 },
    { step: "comparing", done: 0, total: 100 }, { step: "comparing", done: 50, total: 100 }, { step: "comparing", done: 100, total: 100 },
  ] as const;
  const heights = levels.map(levelOf);
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
  expect(levelOf({ step: "comparing", done: 200, total: 100 })).toBe(1);
  expect(levelOf({ step: "reaching", done: 0, total: 0 })).toBeLessThan(0.2);
  expect(levelOf("done")).toBe(1);
});
