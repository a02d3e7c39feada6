// Going through what is in view with Tab. The order is made when the walk begins and when the person moves the map;
// that the map follows a feature does not change it. After Esc, Tab leads out of the map as anywhere else.

/** One walk through features. */
export class Walk {
  #keys: string[] = [];
  #out = false;
  at = -1;

  /** How many features the walk goes through. */
  get length(): number {
    return this.#keys.length;
  }

  /** The feature that a step leads to; null when it leads out of the map. `nearest` gives what is in view. */
  step(by: 1 | -1, held: string | null, nearest: () => string[]): string | null {
    if (this.#out) return null;
    const known = held === null ? -1 : this.#keys.indexOf(held);
    if (known < 0) {
      // Backwards from nowhere is out; what is held but was clicked is where the walk begins.
      if (held === null && by < 0) return null;
      this.#keys = nearest();
      this.at = held === null ? -1 : this.#keys.indexOf(held);
    } else this.at = known;
    const key = this.#keys[this.at + by];
    if (key === undefined) return null;
    this.at += by;
    return key;
  }

  /** The view is another one: the next step begins at its middle. */
  again(): void {
    this.#keys = [];
  }

  /** Esc: the next step leads out. */
  end(): void {
    this.#keys = [];
    this.#out = true;
  }

  /** The focus left the map. */
  leave(): void {
    this.#out = false;
  }
}
