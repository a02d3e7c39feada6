import { describe, expect, it } from "vitest";
import type { Admitted } from "$lib/bindings/Admitted";
import type { GateProgress } from "$lib/bindings/GateProgress";
import { firstCheck } from "../src/screens/gate/first";

const ADMITTED: Admitted = {
  version: "1.0.0", checkedAt: 0, host: "polder.test", verified: { program: "", key: "", validUntil: 0 },
};
const HALF: GateProgress = { step: "verifying", done: 1, total: 2, version: null };

/** A check whose progress and end the test decides. */
function held() {
  let tell!: (progress: GateProgress) => void;
  let end!: { open: (admitted: Admitted) => void; shut: (why: unknown) => void };
  let asked = 0;
  const check = firstCheck({
    gateCheck: (onProgress) => {
      asked += 1;
      tell = onProgress;
      return new Promise((open, shut) => (end = { open, shut }));
    },
  });
  return { check, tell, end, asked: () => asked };
}

describe("the first check", () => {
  it("is asked for once, by whoever makes it, and again by nobody", async () => {
    const { check, end, asked } = held();
    end.open(ADMITTED);
    expect(await check.openedWithin(1_000_000)).toBe(ADMITTED);
    expect(await check.verdict(() => undefined)).toBe(ADMITTED);
    expect(asked()).toBe(1);
  });

  it("that is not over in time is not open, and its verdict still comes", async () => {
    const { check, end } = held();
    expect(await check.openedWithin(0)).toBeNull();
    end.open(ADMITTED);
    expect(await check.verdict(() => undefined)).toBe(ADMITTED);
  });

  it("that is refused is not open, at once, and says why to whoever asks", async () => {
    const { check, end } = held();
    end.shut("why");
    expect(await check.openedWithin(1_000_000)).toBeNull();
    await expect(check.verdict(() => undefined)).rejects.toBe("why");
  });

  it("tells how far it is to whoever comes late", () => {
    const { check, tell } = held();
    tell(HALF);
    const told: GateProgress[] = [];
    void check.verdict((progress) => told.push(progress));
    tell({ ...HALF, done: 2 });
    expect(told.map(({ done }) => done)).toEqual([1, 2]);
  });
});
