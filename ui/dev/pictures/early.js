// Runs in the page before the application: the clock stands still, nothing is remembered from the page before, and
// every trouble that a page can notice is written down. `?picture=light-en` says in which theme and language.
(() => {
  const INSTANT = Date.parse("2026-11-23T09:41:00+02:00");
  /** A wait longer than this is for a person, such as a notice that goes away; no picture waits that long. */
  const LONG = 2_000;

  const [theme, language] = (new URLSearchParams(location.search).get("picture") ?? "light-en").split("-");
  localStorage.clear();
  sessionStorage.clear();
  localStorage.setItem("polder.theme", theme);
  localStorage.setItem("polder.language", language);

  globalThis.Date = new Proxy(Date, {
    construct: (real, given, target) => Reflect.construct(real, given.length ? given : [INSTANT], target),
    apply: (real) => new real(INSTANT).toString(),
    get: (real, name, self) => (name === "now" ? () => INSTANT : Reflect.get(real, name, self)),
  });

  // Otherwise this engine notes down what is drawn on a canvas and draws it anew each time that the page is painted.
  const context = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return context.call(this, kind, kind === "2d" ? { ...options, willReadFrequently: true } : options);
  };

  // An invented download invents how long it took.
  const elapsed = performance.now.bind(performance);

  const troubles = [];
  const say = (text) => troubles.push(String(text));
  for (const level of ["error", "warn"]) {
    const real = console[level].bind(console);
    console[level] = (...parts) => {
      say(`console.${level}: ${parts.map(String).join(" ")}`);
      real(...parts);
    };
  }
  addEventListener("unhandledrejection", ({ reason }) => say(`rejected: ${reason}`));
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample, sourceFile, lineNumber }) =>
    say(`the policy forbids ${violatedDirective} ${blockedURI} ${sample} (${sourceFile}:${lineNumber})`));
  addEventListener(
    "error",
    (event) => {
      // Not an error: sizes that depend on each other are settled a frame later, before anything is pictured.
      if (event.message?.startsWith("ResizeObserver loop completed")) return;
      if (event instanceof ErrorEvent) say(`${event.message} (${event.filename}:${event.lineno})`);
      else say(`not loaded: ${event.target.src ?? event.target.href ?? event.target}`);
    },
    true,
  );

  // What is still to come: short waits and frames. The page is at rest when there are none.
  const waiting = new Set();
  const wait = globalThis.setTimeout.bind(globalThis);
  const forget = globalThis.clearTimeout.bind(globalThis);
  globalThis.setTimeout = (what, delay = 0, ...given) => {
    // Held back, so that a notice is in the picture however slow the machine is.
    if (delay > LONG) return wait(() => undefined, 2 ** 31 - 1);
    const id = wait(() => {
      waiting.delete(id);
      what(...given);
    }, delay);
    waiting.add(id);
    return id;
  };
  globalThis.clearTimeout = (id) => {
    waiting.delete(id);
    forget(id);
  };

  const frames = new Set();
  const frame = globalThis.requestAnimationFrame.bind(globalThis);
  const forgetFrame = globalThis.cancelAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (what) => {
    const id = frame((time) => {
      frames.delete(id);
      what(time);
    });
    frames.add(id);
    return id;
  };
  globalThis.cancelAnimationFrame = (id) => {
    frames.delete(id);
    forgetFrame(id);
  };

  /** Two frames of the real ones: what changed before is drawn after. */
  const drawn = () => new Promise((done) => frame(() => frame(done)));
  const busy = () => {
    // What moves for ever is shown as it starts; what moves once, as it ends.
    for (const each of document.getAnimations()) {
      if (each.effect?.getComputedTiming().endTime === Infinity) {
        each.pause();
        each.currentTime = 0;
      } else each.finish();
    }
    if (waiting.size) return "a timer is running";
    if (frames.size) return "something is being drawn";
    if (document.fonts.status !== "loaded") return "a font is being loaded";
    return [...document.images].some(({ complete }) => !complete) ? "an image is being loaded" : "";
  };

  /** Waits until nothing moves any more; the answer says what still did after that many milliseconds. */
  async function rest(limit) {
    const until = elapsed() + limit;
    for (let calm = 0, why = ""; calm < 2;) {
      await drawn();
      why = busy();
      calm = why ? 0 : calm + 1;
      if (why && elapsed() > until) return why;
    }
    return "";
  }

  globalThis.polderPictures = { rest, troubles };
})();
