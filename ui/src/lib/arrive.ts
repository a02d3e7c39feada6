// Whoever comes to another screen hears where they are.
import { tick } from "svelte";
import type { Attachment } from "svelte/attachments";

/** For a screen's title: it takes the focus that went with the screen before, unless something else has it by then. */
export const arrive: Attachment<HTMLElement> = (title) => {
  title.tabIndex = -1;
  void tick().then(() => {
    const { activeElement: now } = document;
    if (now === null || now === document.body) title.focus({ preventScroll: true });
  });
};
