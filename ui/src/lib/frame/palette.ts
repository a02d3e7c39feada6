// Which entries of the palette a person may mean. Pure: words in, order out.

/** From and to, in the label's own letters. */
export type Mark = readonly [from: number, to: number];

/** How well a label fits, and which of its letters were meant; higher fits better. */
export interface Match {
  score: number;
  marks: Mark[];
}

interface Letters {
  /** Without capitals and accents. */
  text: string;
  /** For each letter of `text`, where it stands in the label. */
  at: number[];
  /** Where words begin in `text`. */
  starts: number[];
}

/**
 * Whether all that was typed is found at the beginnings of words ("kais", "st sq", or "hcc" for Helsinki, city
 * centre); three letters or more also within a word, which fits less well. Nothing typed fits everything.
 */
export function match(typed: string, label: string): Match | null {
  const wanted = lettersOf(typed).text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = lettersOf(label);
  let score = 0;
  const marks: Mark[] = [];
  for (const word of wanted) {
    const found = atStarts(word, letters) ?? within(word, letters);
    if (!found) return null;
    score += found.score;
    marks.push(...found.marks);
  }
  return { score: score - label.length / 1000, marks: joined(marks, letters) };
}

/** The entries that fit, best first; those that fit equally keep their order. */
export function rank<E extends { label: string }>(entries: readonly E[], typed: string, most: number): { entry: E; marks: Mark[] }[] {
  const found = entries.flatMap((entry) => {
    const fits = match(typed, entry.label);
    return fits ? [{ entry, marks: fits.marks, score: typed.trim() === "" ? 0 : fits.score }] : [];
  });
  return found.sort((a, b) => b.score - a.score).slice(0, most).map(({ entry, marks }) => ({ entry, marks }));
}

/** The label cut into pieces that were meant and pieces that were not. */
export function pieces(label: string, marks: readonly Mark[]): { text: string; meant: boolean }[] {
  const cut: { text: string; meant: boolean }[] = [];
  let from = 0;
  for (const [start, end] of marks) {
    if (start > from) cut.push({ text: label.slice(from, start), meant: false });
    cut.push({ text: label.slice(start, end), meant: true });
    from = end;
  }
  if (from < label.length) cut.push({ text: label.slice(from), meant: false });
  return cut;
}

/** The word's letters as beginnings of the label's words, in their order; whatever fits best. */
function atStarts(word: string, letters: Letters): Match | null {
  // Each rest of the word is looked at once from each place, or a name like "a a a a" would take for ever.
  const known = new Map<number, Match | null>();
  const from = (taken: number, first: number): Match | null => {
    if (taken === word.length) return { score: 0, marks: [] };
    const key = taken * letters.starts.length + first;
    const before = known.get(key);
    if (before !== undefined) return before;
    let best: Match | null = null;
    for (let i = first; i < letters.starts.length; i += 1) {
      const start = letters.starts[i] ?? 0;
      const end = letters.starts[i + 1] ?? letters.text.length;
      let common = 0;
      while (taken + common < word.length && start + common < end && letters.text[start + common] === word[taken + common]) common += 1;
      for (let take = common; take > 0; take -= 1) {
        const rest = from(taken + take, i + 1);
        if (!rest) continue;
        const score = take * take - i * 0.1 + (start === 0 ? 2 : 0) + rest.score;
        if (!best || score > best.score) best = { score, marks: [[start, start + take], ...rest.marks] };
      }
    }
    known.set(key, best);
    return best;
  };
  return from(0, 0);
}

function within(word: string, { text }: Letters): Match | null {
  const start = word.length < 3 ? -1 : text.indexOf(word);
  return start < 0 ? null : { score: word.length / 2, marks: [[start, start + word.length]] };
}

function lettersOf(label: string): Letters {
  let text = "";
  const at: number[] = [];
  const starts: number[] = [];
  let inWord = false;
  let index = 0;
  for (const letter of label) {
    const plain = letter.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase();
    const isLetter = /[\p{L}\p{N}]/u.test(letter);
    if (isLetter && !inWord) starts.push(text.length);
    inWord = isLetter;
    for (let i = 0; i < plain.length; i += 1) at.push(index);
    text += plain;
    index += letter.length;
  }
  at.push(index);
  return { text, at, starts };
}

function joined(marks: readonly Mark[], { at }: Letters): Mark[] {
  const own = marks.map(([from, to]): Mark => [at[from] ?? 0, at[to] ?? 0]).sort((a, b) => a[0] - b[0]);
  const whole: [number, number][] = [];
  for (const [from, to] of own) {
    const last = whole.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else whole.push([from, to]);
  }
  return whole;
}
