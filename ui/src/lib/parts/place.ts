// Where things that float stand: set through the CSSOM, for the content security policy drops style attributes.

const GAP = 6;
const EDGE = 8;

/** Lays a menu or list under its anchor, above it where there is more room, never past the window's edge. */
export function under(panel: HTMLElement, anchor: Pick<DOMRect, "left" | "right" | "top" | "bottom">): void {
  const below = innerHeight - anchor.bottom - GAP - EDGE;
  const above = anchor.top - GAP - EDGE;
  const up = below < 240 && above > below;
  const end = anchor.left + 240 > innerWidth;
  const px = (value: number) => `${Math.round(value)}px`;
  Object.assign(panel.style, {
    top: up ? "auto" : px(anchor.bottom + GAP),
    bottom: up ? px(innerHeight - anchor.top + GAP) : "auto",
    left: end ? "auto" : px(Math.max(anchor.left, EDGE)),
    right: end ? px(Math.max(innerWidth - anchor.right, EDGE)) : "auto",
    maxHeight: px(up ? above : below),
  });
}

/** Lays a tooltip centred under its anchor, or above it at the window's foot. The tooltip must be visible already. */
export function beside(panel: HTMLElement, anchor: DOMRect): void {
  const { width, height } = panel.getBoundingClientRect();
  const left = Math.min(Math.max(anchor.left + anchor.width / 2 - width / 2, EDGE), innerWidth - width - EDGE);
  const up = anchor.bottom + GAP + height > innerHeight - EDGE;
  panel.style.left = `${Math.round(Math.max(left, EDGE))}px`;
  panel.style.top = `${Math.round(up ? anchor.top - GAP - height : anchor.bottom + GAP)}px`;
}
