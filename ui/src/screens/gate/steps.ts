import type { GateProgress } from "$lib/bindings/GateProgress";
import type { GateStep } from "$lib/bindings/GateStep";

/** The gate's steps in their order. */
export const STEPS: readonly GateStep[] = ["reaching", "verifying", "comparing"];

/** How far the gate is, or that all is done. */
export type Progress = GateProgress | "done";

/** How a step stands while another is under way. */
export function standing(step: GateStep, present: GateStep | "done"): "done" | "now" | "later" {
  if (present === "done") return "done";
  const [mine, other] = [STEPS.indexOf(step), STEPS.indexOf(present)];
  return mine < other ? "done" : mine === other ? "now" : "later";
}

/** Where the water stands as each step begins. */
const LEVELS: Record<GateStep, number> = { reaching: 0.14, verifying: 0.34, comparing: 0.54 };

/** How high the water stands, 0 to 1: real steps and real bytes raise it, never time. */
export function levelOf(progress: Progress): number {
  if (progress === "done") return 1;
  const { step, done, total } = progress;
  const from = LEVELS[step];
  const next = STEPS[STEPS.indexOf(step) + 1];
  const to = next === undefined ? 1 : LEVELS[next];
  return total > 0 ? from + (to - from) * Math.min(done / total, 1) : from;
}
