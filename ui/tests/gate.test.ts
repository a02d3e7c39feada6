import { describe, expect, test } from "vitest";
import type { Code } from "$lib/bindings/Code";
import type { GateProgress } from "$lib/bindings/GateProgress";
import { againAfter, goesOn, offersFor, showsDetails, takesFile } from "../src/screens/gate/refusals";
import { START, STEPS, isGetting, levelOf, quarterOf, shareOf, standing } from "../src/screens/gate/steps";
import { codes } from "./sources";

const at = (step: GateProgress["step"], done = 0, total = 0): GateProgress => ({ step, done, total, version: null });
const all = codes() as Code[];

test("steps before the present one are done, those after it are not yet", () => {
  expect(STEPS.map((step) => standing(step, "verifying"))).toEqual(["done", "now", "later"]);
  expect(STEPS.map((step) => standing(step, "reaching"))).toEqual(["now", "later", "later"]);
  expect(STEPS.map((step) => standing(step, "done"))).toEqual(["done", "done", "done"]);
  expect(STEPS.map((step) => standing(step, "downloading"))).toEqual(["done", "done", "done"]);
});

test("water rises with steps and bytes, and never falls or tells more than is known", () => {
  const levels = [
    at("reaching"), at("verifying"), at("comparing"), at("comparing", 0, 100), at("comparing", 50, 100), at("comparing", 100, 100),
  ];
  const heights = levels.map(levelOf);
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
  expect(levelOf(at("comparing", 200, 100))).toBe(1);
  expect(levelOf(START)).toBeLessThan(0.2);
  expect(levelOf("done")).toBe(1);
});

test("while a version comes in the gauge stands at its percentage, and is full when all is there", () => {
  expect([0, 48, 100, 120].map((done) => levelOf(at("downloading", done, 100)))).toEqual([0, 0.48, 1, 1]);
  expect(levelOf(at("downloading"))).toBe(0);
  expect(levelOf(at("unpacking", 1, 100))).toBe(1);
  expect(levelOf(at("starting"))).toBe(1);
});

test("only what follows a check is a version coming in", () => {
  expect(STEPS.map((step) => isGetting(at(step)))).toEqual([false, false, false]);
  expect((["downloading", "unpacking", "starting"] as const).map((step) => isGetting(at(step)))).toEqual([true, true, true]);
  expect(isGetting("done")).toBe(false);
});

test("a download is read out by quarters, however many pieces it comes in", () => {
  const said = Array.from({ length: 1001 }, (_, i) => quarterOf(shareOf(at("downloading", i, 1000))));
  expect([...new Set(said)]).toEqual([0, 25, 50, 75, 100]);
  expect(said.filter((each) => each === 100)).toHaveLength(1);
});

describe("a shut gate", () => {
  test("offers to try again and the details for IT, whatever happened", () => {
    for (const code of all) expect(offersFor(code), code).toEqual(expect.arrayContaining(["retry", "copy"]));
  });

  test("offers first what mends it", () => {
    expect(offersFor("offline")).toEqual(["retry", "copy"]);
    expect(offersFor("proxy-pac")[0]).toBe("network");
    expect(offersFor("update-file-old")[0]).toBe("import");
    expect(offersFor("update-file-unreadable")[0]).toBe("import");
    expect(offersFor("release-does-not-start").slice(0, 2)).toEqual(["retry", "import"]);
  });

  test("takes an update file where the network is in the way, and never offers it twice", () => {
    expect(all.filter((code) => takesFile(code) && offersFor(code).includes("import"))).toEqual([]);
    expect(takesFile("pin-mismatch")).toBe(true);
    expect(takesFile("update-interrupted")).toBe(true);
    // A file opens no gate when there is no network, no room, a wrong clock or a place that cannot hold it.
    for (const code of ["offline", "no-room", "clock-wrong", "folder-cannot-hold-programs", "update-busy", "no-slots", "translocated"] as const) {
      expect(takesFile(code) || offersFor(code).includes("import"), code).toBe(false);
    }
  });

  test("shows the exact command at once, and no other details", () => {
    expect(all.filter(showsDetails)).toEqual(["folder-cannot-hold-programs"]);
  });

  test("goes on by itself after a cut and beside another Polder, and only then", () => {
    expect(all.filter(goesOn).sort()).toEqual(["update-busy", "update-interrupted"]);
    expect(all.filter((code) => againAfter(code, 0) !== null).sort()).toEqual(["update-busy", "update-interrupted"]);
  });

  test("waits longer after each cut, up to a minute, and steadily for another Polder", () => {
    const waits = [0, 1, 2, 3, 4, 5, 50].map((tried) => againAfter("update-interrupted", tried) ?? 0);
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect([0, 9, 99].map((tried) => againAfter("update-busy", tried))).toEqual([3_000, 3_000, 3_000]);
  });
});
