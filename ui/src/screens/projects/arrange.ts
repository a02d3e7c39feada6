// Which projects are shown, and in what order. Pure: times, names and pins come in, lists come out.
import type { Summary } from "$lib/bindings/Summary";
import { plainly } from "$lib/find";

/** Whose projects. */
export const SHARES = ["all", "yours", "shared"] as const;
export type Share = (typeof SHARES)[number];

/** What the list may be sorted by. */
export const ORDERS = ["changed", "name", "size", "owner", "right", "version"] as const;
export type Order = (typeof ORDERS)[number];

/** An order and its direction. */
export interface Sort {
  order: Order;
  /** Largest, latest or last letter first. */
  down: boolean;
}

/** The direction in which people ask for an order first: the latest and largest, but names from A. */
export function sortBy(order: Order): Sort {
  return { order, down: order === "changed" || order === "size" || order === "version" };
}

/** The next sort when a heading is pressed: the other way if it is this one's already. */
export function pressed(sort: Sort, order: Order): Sort {
  return sort.order === order ? { order, down: !sort.down } : sortBy(order);
}

/** All projects in order. What is equal goes by name, so that the order never wavers. */
export function sorted(projects: readonly Summary[], { order, down }: Sort, user: string, locale: string): Summary[] {
  const words = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const byName = (a: Summary, b: Summary) => words.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
  const right = ({ owner, access }: Summary) => (owner.id === user ? 0 : access === "write" ? 1 : 2);
  const compare: Record<Order, (a: Summary, b: Summary) => number> = {
    changed: (a, b) => a.latest.saved_at - b.latest.saved_at,
    name: byName,
    size: (a, b) => a.latest.bytes - b.latest.bytes,
    owner: (a, b) => words.compare(a.owner.name, b.owner.name),
    right: (a, b) => right(a) - right(b),
    version: (a, b) => a.latest.number - b.latest.number,
  };
  const by = compare[order];
  return [...projects].sort((a, b) => (down ? by(b, a) : by(a, b)) || byName(a, b));
}

/** Those of a share whose name holds a text. */
export function matching(projects: readonly Summary[], share: Share, text: string, user: string): Summary[] {
  const wanted = plainly(text.trim());
  return projects.filter(
    (project) => belongs(project, share, user) && (wanted === "" || plainly(project.name).includes(wanted)),
  );
}

/** How many projects each share has. */
export function countsOf(projects: readonly Summary[], user: string): Record<Share, number> {
  const yours = projects.filter((project) => belongs(project, "yours", user)).length;
  return { all: projects.length, yours, shared: projects.length - yours };
}

/** The pinned ones first, each part in the order that it had. */
export function pinnedFirst(projects: readonly Summary[], pins: ReadonlySet<string>): { all: Summary[]; pinned: number } {
  const pinned = projects.filter(({ id }) => pins.has(id));
  return { all: [...pinned, ...projects.filter(({ id }) => !pins.has(id))], pinned: pinned.length };
}

function belongs({ owner }: Summary, share: Share, user: string): boolean {
  return share === "all" || (owner.id === user) === (share === "yours");
}
