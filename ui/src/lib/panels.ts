// F6 goes from panel to panel: the header, the screen, and whatever says `data-panel`.

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** Puts the focus into the next panel, or the one before; where it was last in it, else on the first thing there. */
export function nextPanel(step: 1 | -1): void {
  const panels = [...document.querySelectorAll<HTMLElement>("[data-panel]")].filter((panel) => panel.checkVisibility());
  if (panels.length === 0) return;
  // Panels may lie in each other; the innermost counts.
  const here = panels.findLastIndex((panel) => panel.contains(document.activeElement));
  const to = panels[(here + step + panels.length) % panels.length];
  const first = [...(to?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].find(
    (each) => each.tabIndex >= 0 && each.checkVisibility(),
  );
  if (first) return first.focus();
  to?.setAttribute("tabindex", "-1");
  to?.focus();
}
