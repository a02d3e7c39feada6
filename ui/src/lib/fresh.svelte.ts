// Some things take a sign-in of the last minutes. Whoever does them just does them: where the platform wants to be shown
// once more who is there, a dialog asks, and what was asked goes on by itself.
import { failureOf } from "$lib/backend";

/** Answered with true when the person showed who they are, with false when they went back. */
export type Asking = (shown: boolean) => void;

let asking = $state.raw<Asking | null>(null);
let waiting: Promise<boolean> | null = null;

/** Whether the dialog is to be there, and how it answers. */
export function freshAsked(): Asking | null {
  return asking;
}

/** Does something, and once more after the person showed who they are, where that is asked for. */
export async function withFreshSignIn<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (failureOf(thrown).code !== "fresh-sign-in-needed" || !(await ask())) throw thrown;
    return await act();
  }
}

/** One dialog, however many wait for it. */
function ask(): Promise<boolean> {
  waiting ??= new Promise<boolean>((done) => {
    asking = (shown) => {
      asking = null;
      waiting = null;
      done(shown);
    };
  });
  return waiting;
}
