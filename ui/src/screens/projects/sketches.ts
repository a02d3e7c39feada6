// Pictures come one by one for cards in view, a few at a time, and stay for the way back to the list.
import type { Sketch } from "$lib/bindings/Sketch";
import type { Summary } from "$lib/bindings/Summary";

/** Requests under way at once. */
const AT_ONCE = 4;
/** Pictures kept; about as many as somebody looks through in one go. */
const KEPT = 300;

interface Wanted {
  key: string;
  project: string;
  signal: AbortSignal;
  done: (sketch: Sketch | null) => void;
}

/** Gets sketches through `ask`. What is no longer wanted when its turn comes is not asked for. */
export class Sketches {
  #waiting: Wanted[] = [];
  #running = 0;
  #known = new Map<string, Sketch | null>();

  constructor(private readonly ask: (project: string) => Promise<Sketch>) {}

  /** The picture if it is here already; null when it cannot be had, undefined when nobody asked yet. */
  known(project: Summary): Sketch | null | undefined {
    return this.#known.get(keyOf(project));
  }

  /** The picture of a project's latest version, or null when it cannot be had. Never kept once the signal ends it. */
  want(project: Summary, signal: AbortSignal): Promise<Sketch | null> {
    const known = this.known(project);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((done) => {
      this.#waiting.push({ key: keyOf(project), project: project.id, signal, done });
      this.#next();
    });
  }

  /** Forgets what could not be had, to be asked for again. */
  again(): void {
    for (const [key, sketch] of this.#known) if (sketch === null) this.#known.delete(key);
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const wanted = this.#waiting.shift();
      if (!wanted) return;
      if (!wanted.signal.aborted) void this.#run(wanted);
    }
  }

  async #run({ key, project, done }: Wanted): Promise<void> {
    this.#running += 1;
    let sketch = this.#known.get(key);
    if (sketch === undefined) {
      // A card without its picture still says everything; that it cannot be had is all there is to know.
      sketch = await this.ask(project).catch(() => null);
      this.#known.set(key, sketch);
      const oldest = this.#known.keys().next();
      if (this.#known.size > KEPT && !oldest.done) this.#known.delete(oldest.value);
    }
    this.#running -= 1;
    done(sketch);
    this.#next();
  }
}

/** Another version has another picture. */
function keyOf({ id, latest }: Summary): string {
  return `${id}:${latest.number}`;
}
