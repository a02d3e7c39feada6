// Every screen there is a picture of: its name, the size of its window, what the fake backend answers
// (`fake-backend.ts` reads it from the address), and what a person does first.
import { DOOR } from "./door.mjs";
import { FRAME } from "./frame.mjs";
import { GALLERY } from "./gallery.mjs";
import { PEOPLE } from "./people.mjs";
import { PROJECT } from "./project.mjs";
import { PROJECTS } from "./projects.mjs";

export const SCREENS = [...GALLERY, ...DOOR, ...PROJECTS, ...FRAME, ...PEOPLE, ...PROJECT].map(
  ([name, size, query, act]) => ({ name, size, query, act }),
);
