// Finding by typing: in a filter field, and letter by letter in a list that has the focus.

/** A text without case and accents, as people type it. */
export function plainly(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** How long a pause ends a word that is typed into a list. */
const PAUSE = 800;

/** What is typed into a list that has the focus. */
export class Typed {
  #text = "";
  #at = -Infinity;

  /** Whether a word is under way, so that a letter belongs to it and is no command. */
  busy(now: number): boolean {
    return this.#text !== "" && now - this.#at < PAUSE;
  }

  /** Takes a letter; gives what was typed so far. */
  add(letter: string, now: number): string {
    this.#text = this.busy(now) ? this.#text + letter : letter;
    this.#at = now;
    return this.#text;
  }
}

/**
 * The place of the next text that begins with what was typed, going round from `from`; -1 when none does. One letter,
 * alone or repeated, moves on; more letters may stay where they are.
 */
export function findTyped(typed: string, from: number, length: number, textAt: (index: number) => string): number {
  const letters = plainly(typed);
  const wanted = [...letters].every((each) => each === letters[0]) ? letters.charAt(0) : letters;
  if (wanted === "" || length === 0) return -1;
  const start = wanted.length === 1 ? 1 : 0;
  for (let i = 0; i < length; i += 1) {
    const at = (Math.max(0, from) + start + i) % length;
    if (plainly(textAt(at)).startsWith(wanted)) return at;
  }
  return -1;
}

/** Whether a key is a letter for typing, rather than a command. */
export function isLetter(event: KeyboardEvent): boolean {
  return [...event.key].length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
}
