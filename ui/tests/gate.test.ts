import { expect, test } from "vitest";
import { STEPS, standing } from "../src/screens/gate/steps";

test("steps before the present one are done, those after it are not yet", () => {
  expect(STEPS.map((step) => standing(step, "verifying"))).toEqual(["done", "now", "later"]);
  expect(STEPS.map((step) => standing(step, "reaching"))).toEqual(["now", "later", "later"]);
  expect(STEPS.map((step) => standing(step, "done"))).toEqual(["done", "done", "done"]);
});
