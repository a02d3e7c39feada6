// The engine of Windows' web view, with the colours that people choose there (forced colours, "contrast themes"):
// Debian's Chromium, driven by its own driver. The engine that ships on Linux knows no such colours.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, collect, end, freePort, LIMIT } from "./driver.mjs";
import { Page } from "./page.mjs";
import { setTimeout as sleep } from "node:timers/promises";

/** Starts it with forced colours, light or dark. `close` ends all that was started. */
export async function openForced({ theme, zone }) {
  const home = mkdtempSync(join(tmpdir(), "polder-forced-"));
  const port = await freePort();
  const child = spawn("chromedriver", [`--port=${port}`], {
    env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, TZ: zone, LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = collect(child);
  let ended;
  child.on("error", (error) => (ended = String(error)));
  child.on("exit", (code) => (ended ??= `ended with ${code}`));
  const close = async () => {
    await end(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    for (const until = Date.now() + LIMIT; ; await sleep(20)) {
      if (ended) throw new Error(`chromedriver (Debian's chromium-driver): ${ended} ${said()}`);
      if (await call(port, "GET", "/status").then(({ ready }) => ready, () => false)) break;
      if (Date.now() > until) throw new Error("chromedriver does not answer");
    }
    const { sessionId } = await call(port, "POST", "/session", { capabilities: { alwaysMatch: { "goog:chromeOptions": { args: FLAGS }, timeouts: { script: 3 * LIMIT, pageLoad: LIMIT, implicit: 0 } } } });
    const session = (method, path, body) => call(port, method, `/session/${sessionId}${path}`, body);
    await session("POST", "/goog/cdp/execute", {
      cmd: "Emulation.setEmulatedMedia",
      params: {
        features: [
          { name: "forced-colors", value: "active" }, { name: "prefers-color-scheme", value: theme },
          { name: "prefers-reduced-motion", value: "reduce" },
        ],
      },
    });
    return { page: new Page(session, { x: 0, y: 0 }), close: () => session("DELETE", "").catch(() => undefined).then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--hide-scrollbars",
];
