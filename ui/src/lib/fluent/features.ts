// The words for map data: they come with the map.
import en from "./features.en.ftl?raw";
import nl from "./features.nl.ftl?raw";
import { learn } from "./index.svelte";

learn({ en, nl });
