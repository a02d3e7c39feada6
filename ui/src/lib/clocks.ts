import type { Clocks } from "$lib/bindings/Clocks";

/** How far clocks may be apart before it is worth saying, in seconds: a code counts that long before and after its time. */
export const APART = 30;

/**
 * Whether the clocks are worth a look: the two are apart, the platform can tell that the authenticator's is, or a second
 * code in a row was wrong, which a person seldom mistypes.
 */
export function clocksTell(clocks: Clocks, wrong: number): boolean {
  return clocks.authenticatorAhead !== null || Math.abs(clocks.here - clocks.platform) > APART || wrong > 1;
}
