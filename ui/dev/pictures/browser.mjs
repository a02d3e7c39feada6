// The engine that ships on Linux: WebKitGTK's MiniBrowser, driven by WebKitWebDriver over W3C WebDriver, on a
// screen of its own that no window manager, desktop setting or pointer disturbs.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { call, collect, end, freePort, LIMIT } from "./driver.mjs";
import { Page } from "./page.mjs";

const SCREEN = { width: 4200, height: 2600 };
/**
 * Without a window manager the window under the pointer has the keyboard, and a page without it shows no focus. The
 * real pointer rests in the middle of the screen: there is the browser's own bar, so that nothing of the page is
 * pointed at.
 */
const CORNER = { x: SCREEN.width / 2 - 100, y: SCREEN.height / 2 - 12 };
const TRIES = 5;

/** Starts a browser whose system is light or dark. `close` ends all that was started. */
export async function open({ theme, zone }) {
  const home = mkdtempSync(join(tmpdir(), "polder-pictures-"));
  const started = [];
  const close = async () => {
    await Promise.all(started.reverse().map(end));
    // What the browser left behind may still be writing there.
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const { child: screen, display } = await startScreen();
    started.push(screen);
    const environment = desktop({ home, display, theme, zone });
    for (let tried = 1; ; tried += 1) {
      let driver;
      try {
        driver = await startDriver(environment);
        const session = await newSession(driver.port, theme);
        started.push(driver.child);
        return { page: new Page(session, CORNER), close: () => session("DELETE", "").catch(() => undefined).then(close) };
      } catch (error) {
        // Between choosing a port and listening on it, another program may take it.
        if (driver) await end(driver.child);
        if (tried === TRIES) throw error;
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the browser sees of the machine: nothing but its programs, libraries and fonts. */
function desktop({ home, display, theme, zone }) {
  const settings = join(home, "config", "gtk-3.0");
  mkdirSync(settings, { recursive: true });
  writeFileSync(
    join(settings, "settings.ini"),
    `[Settings]
gtk-theme-name=Adwaita
gtk-application-prefer-dark-theme=${theme === "dark"}
gtk-enable-animations=false
gtk-cursor-blink=false
gtk-xft-antialias=1
gtk-xft-hinting=1
gtk-xft-hintstyle=hintslight
gtk-xft-rgba=none
gtk-xft-dpi=98304
`,
  );
  return {
    PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"),
    XDG_CACHE_HOME: join(home, "cache"), XDG_RUNTIME_DIR: home, DISPLAY: display, TZ: zone, LC_ALL: "C.UTF-8",
    GDK_BACKEND: "x11", LIBGL_ALWAYS_SOFTWARE: "1", WEBKIT_SKIA_ENABLE_CPU_RENDERING: "1", NO_AT_BRIDGE: "1",
    GSETTINGS_BACKEND: "memory", GTK_USE_PORTAL: "0",
  };
}

/** The X server chooses a free number itself and says which. */
async function startScreen() {
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", `${SCREEN.width}x${SCREEN.height}x24`, "-nolisten", "tcp", "-noreset"], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const said = collect(child);
  const number = await within(
    LIMIT,
    new Promise((found, failed) => {
      let text = "";
      child.stdio[3].on("data", (part) => {
        text += part;
        if (text.includes("\n")) found(text.trim());
      });
      child.on("error", failed);
      child.on("exit", (code) => failed(new Error(`Xvfb ended with ${code}: ${said()}`)));
    }),
    "Xvfb to answer",
  );
  return { child, display: `:${number}` };
}

async function startDriver(environment) {
  const port = await freePort();
  const child = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = collect(child);
  let ended;
  child.on("error", (error) => (ended = String(error)));
  child.on("exit", (code) => (ended ??= `ended with ${code}`));
  const until = Date.now() + LIMIT;
  for (;;) {
    if (ended) throw new Error(`WebKitWebDriver: ${ended} ${said()}`);
    if (await call(port, "GET", "/status").then(() => true, () => false)) return { child, port };
    if (Date.now() > until) {
      await end(child);
      throw new Error("WebKitWebDriver does not answer");
    }
    await sleep(20);
  }
}

async function newSession(port, theme) {
  const { sessionId } = await within(
    LIMIT,
    call(port, "POST", "/session", {
      capabilities: {
        alwaysMatch: {
          "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation", ...(theme === "dark" ? ["--dark-mode"] : [])] },
          timeouts: { script: LIMIT, pageLoad: LIMIT, implicit: 0 },
        },
      },
    }),
    "a session of the browser",
  );
  return (method, path, body) => call(port, method, `/session/${sessionId}${path}`, body);
}

function miniBrowser() {
  const found = readdirSync("/usr/lib")
    .map((folder) => join("/usr/lib", folder, "webkit2gtk-4.1", "MiniBrowser"))
    .find(existsSync);
  if (!found) throw new Error("MiniBrowser of libwebkit2gtk-4.1-0 is not installed");
  return found;
}

async function within(limit, promise, what) {
  const late = new AbortController();
  const timer = sleep(limit, undefined, { signal: late.signal }).then(
    () => Promise.reject(new Error(`waited ${limit / 1000} s for ${what}`)),
    () => new Promise(() => undefined),
  );
  try {
    return await Promise.race([promise, timer]);
  } finally {
    late.abort();
  }
}
