// What a manager sees of people, and what may be done about each. Pure: people in, rows and actions out.
import type { Colleague } from "$lib/bindings/Colleague";
import type { Role } from "$lib/bindings/Role";
import { plainly } from "$lib/find";

/** How somebody stands, in one word: the one that matters most to who looks for what to do. */
export const STATES = ["active", "invited", "closed", "off"] as const;
export type State = (typeof STATES)[number];

/** From what one may do most to least. */
export const ROLES = ["manager", "editor", "host", "viewer"] as const satisfies readonly Role[];

/** By what the rows are sorted. */
export type Order = "name" | "role" | "step" | "seen" | "state";
export interface Sort {
  order: Order;
  down: boolean;
}

/** What can be done about somebody. */
export type Act = "letter" | "unlock" | "second-step" | "off" | "on";
/** Why it is not for this manager, as the end of a word's name; null where it is. */
export type Why = null | "self" | "manager";

/** How somebody stands. */
export function stateOf(person: Colleague): State {
  if (person.off) return "off";
  if (person.invited) return "invited";
  return person.closed === null ? "active" : "closed";
}

/** What a manager may mean by opening somebody's menu, in its order, with why not where it is not for them. */
export function actsOn(person: Colleague, me: string): { act: Act; why: Why }[] {
  const self = person.user === me;
  const acts: { act: Act; why: Why }[] = [];
  if (person.invited) acts.push({ act: "letter", why: null });
  if (person.closed !== null) acts.push({ act: "unlock", why: null });
  if (person.second_step) acts.push({ act: "second-step", why: self ? "self" : person.role === "manager" ? "manager" : null });
  acts.push({ act: person.off ? "on" : "off", why: self ? "self" : null });
  return acts;
}

/** Whether something is asked about before it is done: what somebody would feel. */
export function isAsked(act: Act): act is "second-step" | "off" {
  return act === "second-step" || act === "off";
}

/** The people who are meant: of a state, and with all words that were typed in name or e-mail. */
export function matching(people: readonly Colleague[], state: State | "all", text: string): Colleague[] {
  const typed = plainly(text).split(/\s+/u).filter(Boolean);
  return people.filter((person) => {
    if (state !== "all" && stateOf(person) !== state) return false;
    const all = plainly(`${person.name} ${person.email}`);
    return typed.every((word) => all.includes(word));
  });
}

/** In the order that was asked for; equal ones by name. */
export function sorted(people: readonly Colleague[], { order, down }: Sort, locale: string): Colleague[] {
  const words = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const byName = (a: Colleague, b: Colleague) => words.compare(a.name, b.name) || words.compare(a.email, b.email);
  const by: Record<Order, (a: Colleague, b: Colleague) => number> = {
    name: byName,
    role: (a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role),
    step: (a, b) => Number(b.second_step) - Number(a.second_step),
    // Who was here last stands first.
    seen: (a, b) => (b.last_seen ?? 0) - (a.last_seen ?? 0),
    // What may want something done stands first.
    state: (a, b) => STATES.indexOf(stateOf(b)) - STATES.indexOf(stateOf(a)),
  };
  return [...people].sort((a, b) => (down ? by[order](b, a) : by[order](a, b)) || byName(a, b));
}

/** What a heading makes of the order when it is pressed. */
export function pressed(sort: Sort, order: Order): Sort {
  return { order, down: sort.order === order && !sort.down };
}

/** How many are in each state. */
export function countsOf(people: readonly Colleague[]): Record<State | "all", number> {
  const counts = { all: people.length, active: 0, invited: 0, closed: 0, off: 0 };
  for (const person of people) counts[stateOf(person)] += 1;
  return counts;
}

/** Whether a letter could reach this at all: what is certainly none is said before it is sent. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/u.test(text.trim());
}
