// The words of My account: whoever signs in waits for none of them.
import en from "./account.en.ftl?raw";
import nl from "./account.nl.ftl?raw";
import { learn } from "./index.svelte";

learn({ en, nl });
