// The words of People, for a domain's managers: whoever signs in waits for none of them.
import en from "./people.en.ftl?raw";
import nl from "./people.nl.ftl?raw";
import { learn } from "./index.svelte";

learn({ en, nl });
