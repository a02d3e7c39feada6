// What a person chose about their list of projects.
import { fields, keep, oneOf, recall, texts } from "$lib/kept";
import { ORDERS, sortBy, type Sort } from "./arrange";

export const VIEWS = ["cards", "list"] as const;
export type View = (typeof VIEWS)[number];

/** How the list is looked at. */
export interface Look {
  view: View;
  sort: Sort;
}

/** More pins than anybody looks through. */
const PINS = 500;

/** How this person looked at the list last. */
export function recallLook(user: string): Look {
  return recall(`look.${user}`, (value) => {
    const { view, order, down } = fields(value);
    const known = oneOf(ORDERS, order);
    return { view: oneOf(VIEWS, view), sort: { order: known, down: typeof down === "boolean" ? down : sortBy(known).down } };
  });
}

export function keepLook(user: string, { view, sort }: Look): void {
  keep(`look.${user}`, { view, ...sort });
}

/** The projects that this person pinned. */
export function recallPins(user: string): Set<string> {
  return new Set(recall(`pins.${user}`, (value) => texts(value, PINS)));
}

export function keepPins(user: string, pins: ReadonlySet<string>): void {
  keep(`pins.${user}`, [...pins].slice(-PINS));
}

/** Whether this person has read what stands there for somebody new on this computer. */
export function recallWelcomed(user: string): boolean {
  return recall(`welcomed.${user}`, (value) => value === true);
}

export function keepWelcomed(user: string): void {
  keep(`welcomed.${user}`, true);
}
