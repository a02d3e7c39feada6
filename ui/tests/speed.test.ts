import { describe, expect, test } from "vitest";
import { STILL, bytesPerSecond, counted, later, type Speed } from "../src/lib/speed";

const MB = 1_000_000;

/** Bytes that come steadily from a second on, so many a second, each tenth of a second. */
function come(speed: Speed, from: number, seconds: number, rate: number, total: number): { speed: Speed; told: (number | null)[] } {
  const told: (number | null)[] = [];
  const before = speed.samples.at(-1)?.done ?? 0;
  for (let i = 1; i <= seconds * 10; i += 1) {
    speed = counted(speed, before + (rate * i) / 10, total, from + i / 10);
    told.push(speed.left);
  }
  return { speed, told };
}
const changes = (told: readonly (number | null)[]) => told.filter((each, i) => each !== told[i - 1]);

describe("speed", () => {
  test("is the mean of the last seconds, and nothing in the first", () => {
    const start = counted(STILL, 0, 10 * MB, 100);
    expect(bytesPerSecond(start, 100)).toBeNull();
    expect(bytesPerSecond(come(start, 100, 0.9, MB, 10 * MB).speed, 100.9)).toBeNull();
    const { speed } = come(start, 100, 3, MB, 10 * MB);
    expect(bytesPerSecond(speed, 103)).toBeCloseTo(MB, -3);
  });

  test("follows a change within the window and forgets what was before", () => {
    const { speed } = come(counted(STILL, 0, 100 * MB, 0), 0, 10, 4 * MB, 100 * MB);
    const slower = come(speed, 10, 7, MB, 100 * MB).speed;
    expect(bytesPerSecond(slower, 17)).toBeCloseTo(MB, -4);
  });

  test("keeps few samples, however small the pieces are", () => {
    let speed = counted(STILL, 0, 100 * MB, 0);
    for (let i = 1; i <= 100_000; i += 1) speed = counted(speed, i * 100, 100 * MB, i / 1000);
    expect(speed.samples.length).toBeLessThan(30);
    expect(bytesPerSecond(speed, 100)).toBeCloseTo(100_000, -3);
  });

  test("of a download that goes on counts only what came now", () => {
    const resumed = counted(STILL, 8 * MB, 10 * MB, 50);
    const { speed } = come(resumed, 50, 2, 0.1 * MB, 10 * MB);
    expect(bytesPerSecond(speed, 52)).toBeCloseTo(0.1 * MB, -3);
  });

  test("is unknown again when nothing comes any more, and no time is told then", () => {
    const { speed } = come(counted(STILL, 0, 100 * MB, 0), 0, 5, MB, 100 * MB);
    expect(later(speed, 6).left).not.toBeNull();
    expect(bytesPerSecond(speed, 9)).toBeNull();
    expect(later(speed, 9).left).toBeNull();
  });

  test("begins anew when other bytes come in: the whole release after a difference that failed", () => {
    const { speed } = come(counted(STILL, 0, MB, 0), 0, 2, 0.4 * MB, MB);
    const whole = counted(speed, 0, 20 * MB, 2.1);
    expect(whole).toEqual({ total: 20 * MB, samples: [{ at: 2.1, done: 0 }], left: null });
    expect(counted(speed, 0, MB, 2.1).samples).toHaveLength(1);
  });

  test("survives a clock that goes back", () => {
    const { speed } = come(counted(STILL, 0, MB, 100), 100, 2, 0.1 * MB, MB);
    expect(counted(speed, 0.3 * MB, MB, 50).samples).toEqual([{ at: 50, done: 0.3 * MB }]);
  });
});

describe("time left", () => {
  test("is told by fives of seconds, then by whole minutes, and never as nothing", () => {
    const left = (bytes: number) => come(counted(STILL, 0, 2 * MB + bytes, 0), 0, 2, MB, 2 * MB + bytes).speed.left;
    expect([0.5, 4, 11, 44, 58, 100, 3000].map((seconds) => left(seconds * MB))).toEqual([5, 5, 10, 45, 60, 120, 3000]);
  });

  test("of a steady download falls and never rises", () => {
    const { told } = come(counted(STILL, 0, 30 * MB, 0), 0, 29, MB, 30 * MB);
    const said = changes(told).filter((each) => each !== null);
    expect(said).toEqual([...said].sort((a, b) => b - a));
    expect(said[0]).toBe(30);
    expect(said.at(-1)).toBe(5);
  });

  test("of a network that comes and goes does not jump up and down", () => {
    let speed = counted(STILL, 0, 60 * MB, 0);
    const told: (number | null)[] = [];
    for (let second = 0; second < 40; second += 1) {
      const next = come(speed, second, 1, second % 2 ? 1.5 * MB : 0.6 * MB, 60 * MB);
      speed = next.speed;
      told.push(...next.told);
    }
    const said = changes(told).filter((each) => each !== null);
    const rises = said.filter((each, i) => i > 0 && each > (said[i - 1] ?? 0));
    expect(rises).toEqual([]);
  });

  test("rises when it takes longer by far", () => {
    const { speed } = come(counted(STILL, 0, 60 * MB, 0), 0, 6, 2 * MB, 60 * MB);
    expect(speed.left).toBe(25);
    expect(come(speed, 6, 8, 0.2 * MB, 60 * MB).speed.left).toBeGreaterThan(120);
  });
});
