// Layers are asked for all at once and drawn one after another: what lies below first, since a map is read from its
// water and land up, and each with a pause after it, so that the window answers in between.
import type { Theme } from "$lib/bindings/Theme";

const FIRST: readonly Theme[] = ["water", "landuse", "streets", "buildings"];

/** The order in which layers are asked for and drawn when several are in. */
export function turnOf(theme: Theme): number {
  const place = FIRST.indexOf(theme);
  return place < 0 ? FIRST.length : place;
}

/** Does what is handed in one at a time: of what waits, the one whose turn is first. */
export class OneByOne {
  #waiting: { turn: number; act: () => Promise<void> }[] = [];
  #running = false;

  /** Adds something to do; a promise that is kept when it was done. */
  add(turn: number, act: () => Promise<void>): Promise<void> {
    return new Promise((done, broken) => {
      this.#waiting.push({ turn, act: () => act().then(done, broken) });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // What comes in within the same moment is put in order before the first begins.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const next = this.#waiting.reduce((best, each) => (each.turn < best.turn ? each : best));
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      await next.act();
    }
    this.#running = false;
  }
}

/** Lets the window draw and answer before going on. */
export function breath(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}
