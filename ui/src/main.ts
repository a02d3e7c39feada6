import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";

const target = document.getElementById("polder");
if (!target) throw new Error("index.html has no #polder");
mount(App, { target });
