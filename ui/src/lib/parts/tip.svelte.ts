// Tooltips: `{@attach tip("Measure", "M")}` on anything that can be pointed at or focused. One at a time, drawn by
// Tooltip.svelte, which stands once in App.svelte.
import type { Attachment } from "svelte/attachments";

/** What the one tooltip says, and beside what. */
export interface Tip {
  text: string;
  keys: string | undefined;
  anchor: HTMLElement;
}

/** The tooltip's own id, for aria-describedby. */
export const TIP = "polder-tip";
const AFTER = 500;
const GRACE = 120;

let shown = $state.raw<Tip | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** The tooltip to draw, if any. */
export function shownTip(): Tip | null {
  return shown;
}

/** Shows `text` after a moment under the pointer, at once by keyboard focus; Esc hides it. Nothing without a text. */
export function tip(text: string | undefined, keys?: string): Attachment<HTMLElement> {
  return (anchor) => {
    if (!text) return;
    const named = anchor.getAttribute("aria-label") === text;
    const show = () => {
      shown = { text, keys, anchor };
      if (!named && !anchor.hasAttribute("aria-describedby")) anchor.setAttribute("aria-describedby", TIP);
    };
    const hide = () => {
      if (anchor.getAttribute("aria-describedby") === TIP) anchor.removeAttribute("aria-describedby");
      if (shown?.anchor === anchor) shown = null;
    };
    const enter = (event: PointerEvent) => {
      if (event.pointerType === "touch") return;
      clearTimeout(timer);
      timer = setTimeout(show, shown ? 0 : AFTER);
    };
    const leave = () => {
      clearTimeout(timer);
      timer = setTimeout(hide, GRACE);
    };
    const focus = () => {
      if (anchor.matches(":focus-visible")) show();
    };
    const gone = () => {
      clearTimeout(timer);
      hide();
    };
    anchor.addEventListener("pointerenter", enter);
    anchor.addEventListener("pointerleave", leave);
    anchor.addEventListener("focus", focus);
    anchor.addEventListener("blur", gone);
    anchor.addEventListener("pointerdown", gone);
    return () => {
      anchor.removeEventListener("pointerenter", enter);
      anchor.removeEventListener("pointerleave", leave);
      anchor.removeEventListener("focus", focus);
      anchor.removeEventListener("blur", gone);
      anchor.removeEventListener("pointerdown", gone);
      gone();
    };
  };
}

/** The pointer went from the anchor onto the tooltip: it stays, so that it can be read. */
export function keepTip(): void {
  clearTimeout(timer);
}

/** Hides the tooltip, now or after the pointer's short grace. */
export function hideTip(soon = false): void {
  clearTimeout(timer);
  if (soon) timer = setTimeout(() => (shown = null), GRACE);
  else shown = null;
}
