// What a person chose about their window, kept on this computer between starts. Only ids, sizes and switches go in:
// no names, nothing from a project. What comes out is parsed, never trusted: anybody may have written it.

/** What was kept under a key, as `parse` understands it; `parse` gets undefined when there is nothing. */
export function recall<T>(key: string, parse: (value: unknown) => T): T {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return parse(text === null ? undefined : JSON.parse(text));
  } catch {
    // No storage in this webview, or what stands there is no JSON: as if nothing had been chosen yet.
    return parse(undefined);
  }
}

/** Keeps a choice for the next start; undefined forgets it. */
export function keep(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Full or switched off: the choice holds until this window closes.
  }
}

/** An object's fields; none when it is no object. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** One of the known words, else the first of them. */
export function oneOf<const T extends readonly [string, ...string[]]>(known: T, value: unknown): T[number] {
  return known.find((each) => each === value) ?? known[0];
}

/** Short texts of a list, at most so many. */
export function texts(value: unknown, most: number): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === "string" && each.length <= 100).slice(0, most)
    : [];
}

/** A number within its bounds, or what stands for none. */
export function within(least: number, most: number, value: unknown, none: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : none;
}

const PREFIX = "polder.";
