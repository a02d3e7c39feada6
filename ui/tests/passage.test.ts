import { describe, expect, test } from "vitest";
import { Kept } from "$lib/backend";
import type { Admitted } from "$lib/bindings/Admitted";
import type { Code } from "$lib/bindings/Code";
import type { GateProgress } from "$lib/bindings/GateProgress";
import type { Refused } from "$lib/bindings/Refused";
import { Passage } from "../src/screens/gate/passage.svelte";

const refusal = (code: Code): Refused => ({
  code, reference: "U-00", at: 0, version: "1.0.0", newest: null, clockOffBy: null, host: "h", issuer: null, room: null, details: "",
});
const told = (step: GateProgress["step"], done = 0, total = 0): GateProgress => ({ step, done, total, version: "1.1.0" });
const admitted: Admitted = { version: "1.1.0", checkedAt: 0, host: "h", verified: { program: "", key: "", validUntil: 0 } };

/** A backend whose answers the test gives, and a clock and waits that it moves. */
function gate() {
  interface Call<T> {
    tell: (progress: GateProgress) => void;
    answer: (value: T) => Promise<void>;
    refuse: (code: Code) => Promise<void>;
  }
  const [checks, imports]: [Call<Admitted>[], Call<boolean>[]] = [[], []];
  const waits: { milliseconds: number; run: () => void }[] = [];
  const opened: Admitted[] = [];
  const world = { now: 0 };
  const settle = () => new Promise<void>((done) => setTimeout(done));
  const ask = <T>(calls: Call<T>[]) => (tell: (progress: GateProgress) => void) =>
    new Promise<T>((answer, refuse) => {
      calls.push({
        tell,
        answer: (value) => (answer(value), settle()),
        refuse: (code) => (refuse(new Kept(refusal(code))), settle()),
      });
    });
  const passage = new Passage({
    backend: { gateCheck: ask(checks), importUpdate: ask(imports) },
    now: () => world.now,
    wait: (milliseconds, run) => {
      const mine = { milliseconds, run };
      waits.push(mine);
      return () => void (waits.includes(mine) && waits.splice(waits.indexOf(mine), 1));
    },
    onadmitted: (found) => opened.push(found),
  });
  const last = <T>(calls: T[]): T => {
    const found = calls.at(-1);
    if (!found) throw new Error("it was not asked");
    return found;
  };
  const overdue = () => waits.shift()?.run();
  return { passage, checks, imports, waits, opened, world, check: () => last(checks), brought: () => last(imports), overdue };
}

test("a check that is answered opens the gate once", async () => {
  const { passage, check, opened } = gate();
  void passage.check();
  check().tell(told("verifying"));
  expect(passage.progress).toEqual(told("verifying"));
  await check().answer(admitted);
  expect([passage.progress, opened]).toEqual(["done", [admitted]]);
});

describe("after a cut", () => {
  test("Polder tries again by itself, and what it said stays until bytes come in again", async () => {
    const { passage, checks, check, waits, overdue } = gate();
    void passage.check();
    check().tell(told("downloading", 40, 100));
    await check().refuse("update-interrupted");
    expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([5_000]);
    overdue();
    expect(checks).toHaveLength(2);
    check().tell(told("reaching"));
    expect([passage.refused?.code, passage.progress]).toEqual(["update-interrupted", told("downloading", 40, 100)]);
    check().tell(told("downloading", 41, 100));
    expect([passage.refused, passage.progress]).toEqual([null, told("downloading", 41, 100)]);
  });

  test("it waits longer while nothing comes, and not any more once something did", async () => {
    const { passage, check, waits, overdue } = gate();
    void passage.check();
    await check().refuse("update-interrupted");
    overdue();
    await check().refuse("update-interrupted");
    expect(waits[0]?.milliseconds).toBe(10_000);
    overdue();
    check().tell(told("downloading", 1, 100));
    await check().refuse("update-interrupted");
    expect(waits[0]?.milliseconds).toBe(5_000);
  });

  test("a person who tries again is not interrupted by the wait before", async () => {
    const { passage, checks, check, waits } = gate();
    void passage.check();
    await check().refuse("update-interrupted");
    void passage.check();
    expect([waits.length, checks.length, passage.refused]).toEqual([0, 2, null]);
  });

  test("nothing changes under somebody who is setting the network, and goes on afterwards", async () => {
    const { passage, check, waits } = gate();
    void passage.check();
    await check().refuse("update-busy");
    passage.hold();
    expect(waits).toEqual([]);
    passage.goOn();
    expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([3_000]);
  });
});

test("a refusal that only a person can mend waits for them", async () => {
  const { passage, check, waits } = gate();
  void passage.check();
  await check().refuse("offline");
  expect([passage.refused?.code, waits]).toEqual(["offline", []]);
});

test("an overtaken check leads to nothing, whatever it says later", async () => {
  const { passage, checks, check, opened, waits } = gate();
  void passage.check();
  const first = check();
  void passage.check();
  first.tell(told("downloading", 1, 2));
  await first.refuse("update-interrupted");
  expect([passage.progress, passage.refused, waits]).toEqual([{ step: "reaching", done: 0, total: 0, version: null }, null, []]);
  void passage.check();
  await checks[1]?.answer(admitted);
  expect(opened).toEqual([]);
});

test("nothing is left behind by a screen that is gone", async () => {
  const { passage, check, opened, waits } = gate();
  void passage.check();
  await check().refuse("update-busy");
  passage.end();
  expect(waits).toEqual([]);
  void passage.check();
  passage.end();
  await check().answer(admitted);
  expect(opened).toEqual([]);
});

describe("an update file", () => {
  test("that is chosen is told like a download", async () => {
    const { passage, check, brought } = gate();
    void passage.check();
    await check().refuse("outdated");
    void passage.bringIn();
    expect([passage.choosing, passage.refused?.code]).toEqual([true, "outdated"]);
    brought().tell(told("unpacking", 1, 2));
    expect([passage.refused, passage.progress]).toEqual([null, told("unpacking", 1, 2)]);
  });

  test("that is not chosen leaves all as it was, and the wait goes on", async () => {
    const { passage, imports, check, brought, waits } = gate();
    void passage.check();
    await check().refuse("update-interrupted");
    void passage.bringIn();
    void passage.bringIn();
    expect([imports.length, waits.length]).toEqual([1, 0]);
    await brought().answer(false);
    expect([passage.choosing, passage.refused?.code, waits.length]).toEqual([false, "update-interrupted", 1]);
  });

  test("that is refused says so, and may be chosen again", async () => {
    const { passage, imports, check, brought } = gate();
    void passage.check();
    await check().refuse("outdated");
    void passage.bringIn();
    await brought().refuse("update-file-old");
    expect([passage.choosing, passage.refused?.code]).toEqual([false, "update-file-old"]);
    void passage.bringIn();
    expect(imports).toHaveLength(2);
  });
});

test("speed and time left follow the clock, and are unknown when nothing comes any more", () => {
  const { passage, check, world } = gate();
  void passage.check();
  for (world.now = 0; world.now <= 4; world.now += 0.5) check().tell(told("downloading", world.now * 1000, 24_000));
  expect(passage.rate).toBeCloseTo(1000, 0);
  expect(passage.left).toBe(20);
  world.now = 9;
  passage.tick();
  expect([passage.rate, passage.left]).toEqual([null, null]);
});
