// The list of projects.
import { SMALL, WINDOW, see } from "./steps.mjs";

export const PROJECTS = [
  ["projects", WINDOW, "session=in", see("project-row")],
  ["projects-notice", SMALL, "session=in&remembered=keychain-absent", see("not-remembered")],
  ["projects-empty", WINDOW, "session=in&projects=empty", see("projects-empty")],
  ["projects-error", WINDOW, "session=in&projects=error", see("projects-error")],
];
