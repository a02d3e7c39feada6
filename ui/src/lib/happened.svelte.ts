// What the platform tells by itself while somebody is signed in, for whoever on the screen it concerns.
import type { Happened } from "$lib/bindings/Happened";
import type { Maintenance } from "$lib/bindings/Maintenance";

let changed = $state(0);
let announced = $state.raw<Maintenance | null>(null);

/** Grows whenever what the person may see may have changed: an effect that reads it reads its list anew. */
export function changes(): number {
  return changed;
}

/** The maintenance that is to come, if any was announced. */
export function maintenance(): Maintenance | null {
  return announced;
}

/** Takes in what was told, but for a session's end, which is the window's. */
export function hear(happened: Exclude<Happened, { kind: "over" }>): void {
  if (happened.kind === "changed") changed += 1;
  else announced = happened.maintenance;
}

/** It was read, and is not shown again. */
export function putMaintenanceAway(): void {
  announced = null;
}
