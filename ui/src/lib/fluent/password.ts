// The words of setting a password: they are seldom read, and come with their screens.
import en from "./password.en.ftl?raw";
import nl from "./password.nl.ftl?raw";
import { learn } from "./index.svelte";

learn({ en, nl });
