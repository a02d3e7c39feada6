// The words of recovery codes and of the second step in My account: they are seldom read, and come with their screens.
import en from "./second-step.en.ftl?raw";
import nl from "./second-step.nl.ftl?raw";
import { learn } from "./index.svelte";

learn({ en, nl });
