import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";

const target = document.getElementById("polder");
if (!target) throw new Error("index.html has no #polder");
mount(App, { target });

// The web view's own menu offers "Reload", which would drop the session. In text fields it holds copy and paste.
addEventListener("contextmenu", (event) => {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
});
