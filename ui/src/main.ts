import { mount } from "svelte";
import App from "./App.svelte";
import { startTheme } from "$lib/theme.svelte";
import "./app.css";

// Before anything is drawn, or the first picture would be of the other theme.
startTheme();

const target = document.getElementById("polder");
if (!target) throw new Error("index.html has no #polder");
mount(App, { target });

const inField = (event: Event) => event.target instanceof HTMLInputElement;

// The web view's own menu offers "Reload", which would drop the session. A link or a file that is dragged in would be
// opened in this window; Polder refuses to go there, and the pointer should not promise otherwise. Text fields keep
// copy and paste, by menu and by dragging.
for (const offered of ["contextmenu", "dragover", "drop"] as const) {
  addEventListener(offered, (event) => {
    if (!inField(event)) event.preventDefault();
  });
}
