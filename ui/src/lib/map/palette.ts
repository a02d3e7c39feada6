// The map is drawn on a canvas, which knows no custom properties: colours are read from the tokens.

/** A token's colour as `rgb(…)`, in the theme of now. */
export type Palette = (token: string) => string;

/** Reads the tokens of now, each once. */
export function palette(): Palette {
  const read = new Map<string, string>();
  return (token) => {
    const known = read.get(token);
    if (known !== undefined) return known;
    const probe = document.createElement("i");
    probe.hidden = true;
    probe.style.color = `var(--${token})`;
    // A map is a picture: where the system forces colours on what is written, it keeps its own.
    probe.style.setProperty("forced-color-adjust", "none");
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    read.set(token, color);
    return color;
  };
}

/** The same colour, seen through. */
export function thin(colour: string, alpha: number): string {
  return `rgba(${numbers(colour).join(", ")}, ${alpha})`;
}

/** A colour with a share of another in it. */
export function mixed(colour: string, other: string, share: number): string {
  const [from, to] = [numbers(colour), numbers(other)];
  return `rgb(${from.map((value, i) => Math.round(value + ((to[i] ?? 0) - value) * share)).join(", ")})`;
}

/** The window's own face, as a canvas wants it. */
export function fontFamily(): string {
  return getComputedStyle(document.body).fontFamily;
}

/** Calls when light turns to dark or back; the answer stops it. */
export function onThemeChange(changed: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const contrast = matchMedia("(forced-colors: active)");
  system.addEventListener("change", changed);
  contrast.addEventListener("change", changed);
  const chosen = new MutationObserver(changed);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", changed);
    contrast.removeEventListener("change", changed);
    chosen.disconnect();
  };
}

function numbers(colour: string): number[] {
  return (colour.match(/[\d.]+/gu)?.slice(0, 3) ?? ["0", "0", "0"]).map(Number);
}
