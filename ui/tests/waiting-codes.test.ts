import { expect, test } from "vitest";
import { clocksTell } from "$lib/clocks";
import { left } from "$lib/countdown";

test("a wait reads like a clock and never says nothing while it lasts", () => {
  const read = ([0, 0.2, 1, 29, 60, 61.2, 3599, 3600, 86_399] as const).map(left);
  expect(read).toEqual(["0:00", "0:01", "0:01", "0:29", "1:00", "1:02", "59:59", "1:00:00", "23:59:59"]);
});

test("clocks are told when they are apart, when the authenticator's is known to be, and after a second wrong code", () => {
  const at = 1_795_000_000;
  const clocks = (off: number, authenticatorAhead: number | null = null) => ({ platform: at, here: at + off, authenticatorAhead });
  expect(clocksTell(clocks(0), 1)).toBe(false);
  expect(clocksTell(clocks(30), 1)).toBe(false);
  expect(clocksTell(clocks(-31), 1)).toBe(true);
  expect(clocksTell(clocks(0, 180), 1)).toBe(true);
  expect(clocksTell(clocks(0), 2)).toBe(true);
});
