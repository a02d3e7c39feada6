// The check begins with the program and is usually over when the page is: then the gate need not be drawn at all.
import type { Backend } from "$lib/backend";
import type { Admitted } from "$lib/bindings/Admitted";
import type { GateProgress } from "$lib/bindings/GateProgress";

type Told = (progress: GateProgress) => void;

/** A check that runs before there is a screen for it. */
export interface FirstCheck {
  /** The way through, where it opens within so many milliseconds. Null when it is not open by then. */
  openedWithin(milliseconds: number): Promise<Admitted | null>;
  /** The verdict, whenever it comes; from now on the progress is told, beginning with where it is. */
  verdict(told: Told): Promise<Admitted>;
}

/** Begins. */
export function firstCheck(backend: Pick<Backend, "gateCheck">): FirstCheck {
  let last: GateProgress | null = null;
  let tell: Told | null = null;
  const running = backend.gateCheck((progress) => {
    last = progress;
    tell?.(progress);
  });
  const opened = running.then(
    (admitted) => admitted,
    // Whoever asks for the verdict is told why; until then nobody is.
    () => null,
  );
  return {
    openedWithin: (milliseconds) =>
      Promise.race([opened, new Promise<null>((over) => setTimeout(() => over(null), milliseconds))]),
    verdict: (told) => {
      tell = told;
      if (last) told(last);
      return running;
    },
  };
}
