import type { GateProgress } from "$lib/bindings/GateProgress";
import type { GateStep } from "$lib/bindings/GateStep";

/** The steps of a check in their order. */
export const STEPS = ["reaching", "verifying", "comparing"] as const satisfies readonly GateStep[];
/** A step of a check. */
export type CheckStep = (typeof STEPS)[number];
/** A step of putting a newer version in place, which follows a check when there is one. */
export type GetStep = Exclude<GateStep, CheckStep>;

/** How far the gate is, or that all is done. */
export type Progress = GateProgress | "done";

/** As a check begins. */
export const START: GateProgress = { step: "reaching", done: 0, total: 0, version: null };

/** Whether a newer version is being put in place. */
export function isGetting(progress: Progress): progress is GateProgress & { step: GetStep } {
  return progress !== "done" && !STEPS.some((step) => step === progress.step);
}

/** How a step of the check stands while another is under way. */
export function standing(step: CheckStep, present: GateStep | "done"): "done" | "now" | "later" {
  const other = STEPS.findIndex((each) => each === present);
  // After the check comes what follows it.
  if (other < 0) return "done";
  const mine = STEPS.indexOf(step);
  return mine < other ? "done" : mine === other ? "now" : "later";
}

/** Where the water stands as each step of a check begins. */
const LEVELS: Record<CheckStep, number> = { reaching: 0.14, verifying: 0.34, comparing: 0.54 };

/**
 * How high the water stands, 0 to 1: real steps and real bytes raise it, never time. While a version is fetched the
 * gauge measures nothing else, so that its marks are the percentage; the lock is full when all is there.
 */
export function levelOf(progress: Progress): number {
  if (progress === "done") return 1;
  if (isGetting(progress)) return progress.step === "downloading" ? shareOf(progress) : 1;
  const step = progress.step as CheckStep;
  const from = LEVELS[step];
  const next = STEPS[STEPS.indexOf(step) + 1];
  const to = next === undefined ? 1 : LEVELS[next];
  return from + (to - from) * shareOf(progress);
}

/** How much of a step is done, 0 to 1. */
export function shareOf({ done, total }: GateProgress): number {
  return total > 0 ? Math.min(Math.max(done / total, 0), 1) : 0;
}

/** What is read out of a download: each quarter once, since every byte would be noise. */
export function quarterOf(share: number): 0 | 25 | 50 | 75 | 100 {
  return ((Math.floor(share * 4) * 25) as 0 | 25 | 50 | 75 | 100);
}
