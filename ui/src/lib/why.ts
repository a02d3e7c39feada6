import type { Code } from "$lib/bindings/Code";

/** Why somebody stands at the door again: a failure, or only its code. */
export interface Why {
  code: Code;
  reference?: string;
  retryAfter?: number | null;
  /** The person signed out, and this part of it did not work. */
  afterSignOut?: boolean;
}

/** Codes after which a sign-in that is under way has to begin anew. */
export function endsSignIn(code: Code): boolean {
  return code === "sign-in-over" || code === "enrolment-not-open" || code === "session-over" || code === "proof-wrong";
}
