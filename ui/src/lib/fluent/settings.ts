// The words of the settings: they come with their screen.
import en from "./settings.en.ftl?raw";
import nl from "./settings.nl.ftl?raw";
import { learn } from "./index.svelte";

learn({ en, nl });
