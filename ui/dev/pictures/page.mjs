// A page as the screens see it: the few methods of Playwright's page that they need, by the same names, over
// WebDriver. Each waits until what it needs is there.
import { setTimeout as sleep } from "node:timers/promises";

const LIMIT = 10_000;
const GLANCE = 15;
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** Keys by their names in the DOM, as WebDriver writes them. */
const KEYS = {
  Backspace: "\uE003", Tab: "\uE004", Enter: "\uE006", Shift: "\uE008", Control: "\uE009", Alt: "\uE00A",
  Escape: "\uE00C", Space: " ", PageUp: "\uE00E", PageDown: "\uE00F", End: "\uE010", Home: "\uE011",
  ArrowLeft: "\uE012", ArrowUp: "\uE013", ArrowRight: "\uE014", ArrowDown: "\uE015", Delete: "\uE017",
  F1: "\uE031", F2: "\uE032", F3: "\uE033", F5: "\uE035", F6: "\uE036",
};
const MODIFIERS = new Set(["Shift", "Control", "Alt"]);

export class Page {
  #call;
  #corner;

  /** `call` speaks to the session; `corner` is where on the screen the window stands. */
  constructor(call, corner) {
    this.#call = call;
    this.#corner = corner;
    this.keyboard = { press: (keys) => this.#press(keys), type: (text) => this.#type(text) };
    this.mouse = {
      move: (x, y) => this.#pointer([move(x, y)]),
      click: (x, y) => this.#pointer([move(x, y), { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }]),
      dblclick: (x, y) =>
        this.#pointer([
          move(x, y), { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 },
          { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 },
        ]),
    };
  }

  async goto(url) {
    await this.#call("POST", "/url", { url });
  }

  /** Makes the page, not the window around it, this large. */
  async setViewportSize({ width, height }) {
    const inner = () => this.evaluate(() => [innerWidth, innerHeight]);
    let [w, h] = await inner();
    for (let tried = 0; w !== width || h !== height; tried += 1) {
      if (tried === 40) throw new Error(`the window would not become ${width} × ${height}, but ${w} × ${h}`);
      const rect = await this.#call("GET", "/window/rect");
      await this.#call("POST", "/window/rect", {
        ...this.#corner, width: rect.width + width - w, height: rect.height + height - h,
      });
      await sleep(GLANCE);
      [w, h] = await inner();
    }
  }

  /** Runs a function in the page and gives back what it answers, awaited. */
  async evaluate(what, ...given) {
    // As an argument by itself only an element is one again; within an object this driver leaves it a reference.
    return this.#call("POST", "/execute/sync", { script: `return (${what}).apply(null, arguments)`, args: given });
  }

  async waitForFunction(what, ...given) {
    return this.#until(async () => (await this.evaluate(what, ...given)) || undefined, () => `${what}`);
  }

  async waitForSelector(selector, { state = "visible" } = {}) {
    await this.locator(selector).first().waitFor({ state });
  }

  locator(selector) {
    return new Locator(this, [{ selector, nth: 0 }]);
  }

  async click(selector) {
    await this.locator(selector).first().click();
  }

  async hover(selector) {
    await this.locator(selector).first().hover();
  }

  async focus(selector) {
    await this.locator(selector).first().focus();
  }

  async fill(selector, text) {
    await this.locator(selector).first().fill(text);
  }

  async check(selector) {
    await this.locator(selector).first().check();
  }

  async selectOption(selector, value) {
    await this.locator(selector).first().selectOption(value);
  }

  /** Waits until nothing is awaited, drawn or moved any more (`early.js`). */
  async rest() {
    const still = await this.evaluate(async (limit) => await globalThis.polderPictures?.rest(limit), LIMIT);
    if (still) throw new Error(`after ${LIMIT / 1000} s ${still} still`);
  }

  /** The picture of the page, a PNG. */
  async screenshot() {
    return Buffer.from(await this.#call("GET", "/screenshot"), "base64");
  }

  /** What a locator does with its element; not for screens. */
  async act(way, wanted, then) {
    return this.#until(async () => {
      try {
        // A person acts on a page that has come to rest; one that acts earlier sees another screen each time.
        if (wanted === "enabled") await this.rest();
        const element = await this.evaluate(find, way, wanted);
        return element ? ((await then(element)) ?? true) : undefined;
      } catch (error) {
        // Drawn anew or covered at this very moment: looked for again.
        if (["stale element reference", "element click intercepted", "element not interactable"].includes(error.code)) return undefined;
        throw error;
      }
    }, () => `${way.map(({ selector, nth }) => `${selector}${nth ? ` (number ${nth + 1})` : ""}`).join(" in ")} to be ${wanted}`);
  }

  async tell(element, what, body) {
    return this.#call("POST", `/element/${element[ELEMENT]}/${what}`, body);
  }

  async #until(look, what) {
    const until = Date.now() + LIMIT;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > until) throw new Error(`waited ${LIMIT / 1000} s for ${what()}`);
      await sleep(GLANCE);
    }
  }

  async #press(keys) {
    const names = keys.split("+").map((name) => (name === "" ? "+" : name));
    const down = names.filter((name) => MODIFIERS.has(name)).map((name) => KEYS[name]);
    const key = names.at(-1) ?? "";
    const value = KEYS[key] ?? key;
    if ([...value].length !== 1) throw new Error(`no key is called ${key}`);
    const strokes = [...down, value];
    await this.#keys([...strokes.map(keyDown), ...strokes.reverse().map(keyUp)]);
  }

  async #type(text) {
    await this.#keys([...text].flatMap((letter) => [keyDown(letter), keyUp(letter)]));
  }

  async #keys(actions) {
    await this.rest();
    await this.#call("POST", "/actions", { actions: [{ type: "key", id: "keys", actions }] });
  }

  async #pointer(actions) {
    await this.rest();
    await this.#call("POST", "/actions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
    });
  }
}

/** The n-th element of a selector, within that of another, and so on. */
class Locator {
  #page;
  #way;

  constructor(page, way) {
    this.#page = page;
    this.#way = way;
  }

  first() {
    return this.nth(0);
  }

  nth(nth) {
    return new Locator(this.#page, this.#way.with(-1, { ...this.#way.at(-1), nth }));
  }

  locator(selector) {
    return new Locator(this.#page, [...this.#way, { selector, nth: 0 }]);
  }

  async count() {
    return this.#page.evaluate(count, this.#way);
  }

  async waitFor({ state = "visible" } = {}) {
    await this.#act(state, () => true);
  }

  async click() {
    await this.#act("enabled", (element) => this.#page.tell(element, "click"));
  }

  async hover() {
    const [x, y] = await this.#act("enabled", (element) => this.#page.evaluate(centre, element));
    await this.#page.mouse.move(x, y);
  }

  async focus() {
    await this.#act("visible", (element) => this.#page.evaluate((each) => each.focus(), element));
  }

  /** Sets the text as a paste over all that was there would. */
  async fill(text) {
    await this.#act("enabled", (element) => this.#page.evaluate(put, element, text));
  }

  async pressSequentially(text) {
    await this.#act("enabled", (element) => this.#page.tell(element, "value", { text }));
  }

  async press(keys) {
    await this.focus();
    await this.#page.keyboard.press(keys);
  }

  async check() {
    if (!(await this.evaluate((element) => element.checked))) await this.click();
  }

  async selectOption(value) {
    await this.#act("enabled", (element) => this.#page.evaluate(choose, element, value));
  }

  /** Runs a function with the element. */
  async evaluate(what) {
    let answer;
    await this.#act("attached", async (element) => {
      answer = await this.#page.evaluate(what, element);
    });
    return answer;
  }

  #act(wanted, then) {
    return this.#page.act(this.#way, wanted, then);
  }
}

const move = (x, y) => ({ type: "pointerMove", duration: 0, origin: "viewport", x: Math.round(x), y: Math.round(y) });
const keyDown = (value) => ({ type: "keyDown", value });
const keyUp = (value) => ({ type: "keyUp", value });

// What follows runs in the page.

function count(way) {
  const within = way.slice(0, -1).reduce((root, { selector, nth }) => root?.querySelectorAll(selector)[nth], document);
  return within?.querySelectorAll(way.at(-1).selector).length ?? 0;
}

function find(way, wanted) {
  const element = way.reduce((root, { selector, nth }) => root?.querySelectorAll(selector)[nth], document);
  const seen = element?.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  switch (wanted) {
    case "attached": return element ?? null;
    case "detached": return element ? null : true;
    case "hidden": return seen ? null : true;
    case "visible": return seen ? element : null;
    case "enabled": return seen && !element.disabled && element.getAttribute("aria-disabled") !== "true" ? element : null;
    default: throw new Error(`nothing is ever ${wanted}`);
  }
}

function centre(element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}

function put(element, text) {
  element.focus();
  if (element.isContentEditable) element.textContent = text;
  else Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, text);
  element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste", data: text }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

function choose(element, value) {
  const option = [...element.options].find((each) => each.value === value || each.label === value);
  if (!option) throw new Error(`no option is called ${value}`);
  element.value = option.value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}
