// What the frame around every screen offers to the screens: where to go, who is signed in.
import { getContext, setContext } from "svelte";
import type { Me } from "$lib/bindings/Me";

/** The pages of the settings. */
export const SETTINGS = ["appearance", "keyboard", "network", "about"] as const;
export type SettingsPage = (typeof SETTINGS)[number];

/** A signed-in person's way through Polder. */
export interface Frame {
  readonly me: Me;
  /** The screen that is there. */
  readonly at: "projects" | "project" | "settings" | "account" | "people";
  /** Signing out is under way. */
  readonly leaving: boolean;
  /** The way back through the gate is under way. */
  readonly restarting: boolean;
  projects(): void;
  project(id: string): void;
  settings(page: SettingsPage): void;
  /** What is the person's own. */
  account(): void;
  /** Who is in the domain; for its managers. */
  people(): void;
  /** Locks: the page goes with all that it shows. */
  lock(): void;
  palette(): void;
  shortcuts(): void;
  signOut(): void;
  /** Ends Polder and starts it again, in the newest version that is in place. */
  restart(): void;
}

/** Whether somebody decides about the people of their domain. The platform asks for itself; this is for what is offered. */
export function manages(me: Me): boolean {
  return me.role === "manager";
}

const KEY = Symbol("frame");

/** Offers the frame to all screens below. */
export function provideFrame(frame: Frame): void {
  setContext(KEY, frame);
}

/** The frame that this screen is in. */
export function useFrame(): Frame {
  return getContext<Frame>(KEY);
}
