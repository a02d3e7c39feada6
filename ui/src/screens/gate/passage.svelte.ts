// The way through the gate: checks, what they tell, what Polder does by itself after a refusal. The screen shows it.
import { Kept, type Backend } from "$lib/backend";
import type { Admitted } from "$lib/bindings/Admitted";
import type { GateProgress } from "$lib/bindings/GateProgress";
import type { Refused } from "$lib/bindings/Refused";
import { STILL, bytesPerSecond, counted, later } from "$lib/speed";
import type { FirstCheck } from "./first";
import { againAfter } from "./refusals";
import { START, isGetting, type Progress } from "./steps";

/** What a passage needs of the world. */
export interface Around {
  backend: Pick<Backend, "gateCheck" | "importUpdate">;
  /** Seconds of a clock that never goes back. */
  now(): number;
  /** Runs something after so many milliseconds, unless the answer is called before. */
  wait(milliseconds: number, run: () => void): () => void;
  onadmitted(admitted: Admitted): void;
}

/** One gate, from the first check until it opens. */
export class Passage {
  #around: Around;
  #progress = $state.raw<Progress>(START);
  #refused = $state.raw<Refused | null>(null);
  #choosing = $state(false);
  #speed = $state.raw(STILL);
  #clock = $state(0);
  /** Each check begins anew: what an earlier one still says is not for this screen any more. */
  #latest = 0;
  #tried = 0;
  #stopWaiting: () => void = () => undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  /** How far it is; kept after a refusal, so that the water stays where it stood. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Why the gate stays shut; null while it is not. */
  get refused(): Refused | null {
    return this.#refused;
  }

  /** The person is choosing an update file. */
  get choosing(): boolean {
    return this.#choosing;
  }

  /** Bytes a second; null while nobody knows. */
  get rate(): number | null {
    return bytesPerSecond(this.#speed, this.#clock);
  }

  /** Seconds that the download takes yet, as they are told; null while nobody knows. */
  get left(): number | null {
    return this.#speed.left;
  }

  /** Checks, because a person asked for it or the window opened; then there may be a check that runs already. */
  check(begun: FirstCheck | null = null): Promise<void> {
    this.#refused = null;
    this.#progress = START;
    this.#tried = 0;
    return this.#run(begun);
  }

  /** Lets the person choose an update file. */
  async bringIn(): Promise<void> {
    if (this.#choosing) return;
    this.hold();
    const mine = (this.#latest += 1);
    this.#choosing = true;
    try {
      const chosen = await this.#around.backend.importUpdate((told) => {
        if (mine !== this.#latest) return;
        this.#refused = null;
        this.#tell(told);
      });
      // Nothing was chosen: all is as before, and what Polder does by itself goes on.
      if (mine === this.#latest && !chosen) this.goOn();
    } catch (thrown) {
      this.#keep(thrown, mine);
    } finally {
      this.#choosing = false;
    }
  }

  /** Nothing changes by itself from here on. */
  hold(): void {
    this.#stopWaiting();
    this.#stopWaiting = () => undefined;
  }

  /** What Polder does by itself goes on. */
  goOn(): void {
    this.hold();
    const wait = this.#refused === null ? null : againAfter(this.#refused.code, this.#tried);
    if (wait === null) return;
    this.#stopWaiting = this.#around.wait(wait, () => {
      this.#tried += 1;
      void this.#run();
    });
  }

  /** A moment later; when nothing comes in any more, what was told about the rest grows stale. */
  tick(): void {
    if (!isGetting(this.#progress) || this.#refused !== null) return;
    this.#clock = this.#around.now();
    this.#speed = later(this.#speed, this.#clock);
  }

  /** The screen is gone. */
  end(): void {
    this.#latest += 1;
    this.hold();
  }

  /** A refusal stays on the screen until something else is known: perhaps nobody asked. */
  async #run(begun: FirstCheck | null = null): Promise<void> {
    this.hold();
    const mine = (this.#latest += 1);
    try {
      const hear = (told: GateProgress) => {
        if (mine === this.#latest && (this.#refused === null || isGetting(told))) this.#tell(told);
      };
      const admitted = await (begun ? begun.verdict(hear) : this.#around.backend.gateCheck(hear));
      if (mine !== this.#latest) return;
      this.#refused = null;
      this.#progress = "done";
      this.#around.onadmitted(admitted);
    } catch (thrown) {
      this.#keep(thrown, mine);
    }
  }

  #tell(told: GateProgress): void {
    this.#progress = told;
    if (!isGetting(told)) return;
    // Polder goes on: what it said about having stopped is over.
    this.#refused = null;
    this.#tried = 0;
    this.#clock = this.#around.now();
    this.#speed = told.step === "downloading" ? counted(this.#speed, told.done, told.total, this.#clock) : STILL;
  }

  #keep(thrown: unknown, mine: number): void {
    if (!(thrown instanceof Kept)) throw thrown;
    if (mine !== this.#latest) return;
    this.#refused = thrown.refused;
    this.#speed = STILL;
    this.goOn();
  }
}
