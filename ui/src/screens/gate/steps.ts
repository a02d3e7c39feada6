import type { GateStep } from "$lib/bindings/GateStep";

/** The gate's steps in their order. */
export const STEPS: readonly GateStep[] = ["reaching", "verifying", "comparing"];

/** The step under way, or that all are done. */
export type Progress = GateStep | "done";

/** How a step stands while another is under way. */
export function standing(step: GateStep, progress: Progress): "done" | "now" | "later" {
  if (progress === "done") return "done";
  const [mine, present] = [STEPS.indexOf(step), STEPS.indexOf(progress)];
  return mine < present ? "done" : mine === present ? "now" : "later";
}
