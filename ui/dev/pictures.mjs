// Builds the fake, serves it under the webview's own content security policy, takes a picture of each screen in
// light and dark, English and Dutch, checks each with axe, and fails on any violation of the policy.
//   npm run pictures [-- part-of-a-name]      CHROMIUM=/usr/bin/chromium by default
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

const here = fileURLToPath(new URL("..", import.meta.url));
const out = join(here, "pictures");
const only = process.argv[2] ?? "";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

mkdirSync(out, { recursive: true });
if (!process.env.KEEP) execFileSync("npx", ["vite", "build", "--mode", "fake"], { cwd: here, stdio: "inherit" });

const server = createServer((request, response) => {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  try {
    const body = readFileSync(join(here, "dist-fake", path === "/" ? "index.html" : path));
    response.writeHead(200, { "content-type": KINDS[extname(path)] ?? "text/html", "content-security-policy": CSP });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const GATE = { width: 460, height: 380 };
const WINDOW = { width: 1280, height: 800 };
const SMALL = { width: 900, height: 600 };
const HUGE = { width: 3840, height: 2160 };
const byId = (id) => `[data-testid=${id}]`;
const signIn = async (page) => {
  await page.fill(byId("email"), "aino.virtanen@hel.example");
  await page.fill(byId("password"), "correct horse battery");
  await page.click(byId("sign-in-continue"));
};
const openProject = async (page) => {
  await page.locator(byId("project-row")).first().click();
  await page.waitForSelector(byId("map"));
};
const wholeMap = async (page) => {
  await openProject(page);
  await page.waitForFunction(() => document.querySelectorAll("[data-stage=ready]").length === 6);
  await page.waitForTimeout(600);
};
/** All pictures in view are there. */
const drawn = async (page) => {
  await page.waitForSelector(byId("project-row"));
  await page.waitForFunction(() => {
    const list = document.querySelector("[data-testid=projects-cards], [data-testid=projects-list]")?.getBoundingClientRect();
    const inSight = ({ top, bottom }) => list && bottom > list.top + 1 && top < list.bottom - 1;
    const seen = [...document.querySelectorAll(".picture")].filter((each) => each.clientWidth > 0 && inSight(each.getBoundingClientRect()));
    return seen.every((each) => each.dataset.drawn === "");
  });
  await page.waitForTimeout(300);
};
const pinFirst = async (page, many) => {
  for (let i = 0; i < many; i += 1) {
    const row = page.locator(byId("project-row")).nth(i + 1);
    await row.hover();
    await row.locator(byId("project-pin")).click();
  }
};
/** Ten thousand projects: wherever one looks, few of them exist; keys go all the way. */
const many = async (page) => {
  for (const view of ["cards", "list"]) {
    await page.click(byId(`projects-view-${view}`));
    await page.locator(`${byId("project-row")} .open`).first().focus();
    for (const key of ["PageDown", "PageDown", "End", "PageUp"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(60);
      const rows = await page.locator(byId("project-row")).count();
      if (rows === 0 || rows >= 200) throw new Error(`${rows} rows exist`);
      const focused = await page.evaluate(() => document.activeElement?.closest("[data-testid=project-row]") !== null);
      if (!focused) throw new Error(`${key} lost the focus`);
    }
  }
  await page.click(byId("projects-view-cards"));
  await page.locator(`${byId("project-row")} .open`).first().focus();
  await page.keyboard.press("End");
  await drawn(page);
};
const focusFirstRow = (page) => page.locator(byId("table-row")).nth(2).click();

const TALL = { width: 1280, height: 1080 };
const openMenu = async (page, id) => {
  await page.click(byId(id));
  await page.waitForSelector("[role=menu]");
};
const settings = (page) => async (view) => {
  await openMenu(view, "person-menu");
  await view.click(byId("open-settings"));
  await view.click(byId(`settings-${page}`));
};

/** name, size, what the fake answers, what is done first. */
const SCREENS = [
  ["gallery", TALL, "gallery=1", (page) => page.waitForSelector("[data-testid=skeleton]")],
  ["gallery-menu", TALL, "gallery=1", (page) => openMenu(page, "gallery-menu")],
  ["gallery-dialog", TALL, "gallery=1", (page) => page.click(byId("gallery-dialog"))],
  ["gallery-tip", TALL, "gallery=1", async (page) => {
    await page.hover(byId("gallery-tip"));
    await page.waitForSelector("[role=tooltip]");
  }],
  ["gallery-colour", TALL, "gallery=colour", (page) => page.waitForSelector("main")],
  ["gate-comparing", GATE, "gate=comparing&bytes=0.62", (page) => page.waitForSelector("[data-step=comparing][data-standing=now]")],
  ["gate-checking", GATE, "gate=verifying", (page) => page.waitForSelector("[data-standing=now]")],
  ...[
    "offline", "unknown-issuer", "pin-mismatch", "outdated", "metadata-expired", "metadata-invalid", "altered",
    "certificate-time", "clock-wrong&off=-259200", "internal", "timed-out",
  ].map((code) => [`gate-${code.split("&")[0]}`, GATE, `gate=${code}`, (page) => page.waitForSelector(byId("gate-refused"))]),
  ["gate-large", WINDOW, "gate=offline", (page) => page.waitForSelector(byId("gate-refused"))],
  ...["proxy-sign-in", "proxy-negotiate", "proxy-pac"].map((code) => [
    `gate-${code}`, GATE, `gate=${code}&reference=N-12`, (page) => page.waitForSelector(byId("gate-refused")),
  ]),
  ["gate-inspected", GATE, "gate=unknown-issuer&reference=N-05&issuer=Hel+Web+Gateway+CA", (page) => page.waitForSelector(byId("gate-refused"))],
  ["network-gate", GATE, "gate=offline&system=proxy", async (page) => {
    await page.click(byId("gate-network"));
    await page.waitForSelector(byId("network"));
  }],
  ["network-gate-manual", GATE, "gate=offline&system=pac", async (page) => {
    await page.click(byId("gate-network"));
    await page.click(byId("network-manual"));
    await page.fill(byId("network-host"), "proxy.hel.example");
    await page.fill(byId("network-port"), "99999");
    await page.click(byId("network-save"));
    await page.waitForSelector("[aria-invalid=true]");
  }],
  ["network-door", WINDOW, "", async (page) => {
    await page.click(byId("sign-in-network"));
    await page.click(byId("network-manual"));
  }],
  ["opening", WINDOW, "resuming=1", (page) => page.waitForTimeout(400)],
  ["sign-in", WINDOW, "", (page) => page.waitForSelector(byId("sign-in"))],
  ["sign-in-small", SMALL, "", (page) => page.waitForSelector(byId("sign-in"))],
  ["sign-in-wrong", WINDOW, "", async (page) => {
    await page.fill(byId("email"), "aino.virtanen@hel.example");
    await page.fill(byId("password"), "wrong");
    await page.click(byId("sign-in-continue"));
    await page.waitForSelector(byId("sign-in-error"));
  }],
  ["sign-in-why", WINDOW, "why=session-over", (page) => page.waitForSelector(byId("sign-in-why"))],
  ["code", WINDOW, "", async (page) => {
    await signIn(page);
    await page.locator(byId("code-field")).pressSequentially("4079");
  }],
  ["code-wrong", WINDOW, "", async (page) => {
    await signIn(page);
    await page.locator(byId("code-field")).pressSequentially("000000");
    await page.waitForSelector(byId("code-error"));
  }],
  ["enrolment", WINDOW, "step=enrol", async (page) => {
    await signIn(page);
    await page.waitForSelector(byId("enrol-qr"));
  }],
  ["enrolment-small", SMALL, "step=enrol", async (page) => {
    await signIn(page);
    await page.waitForSelector(byId("enrol-qr"));
  }],
  ["projects-cards", WINDOW, "session=in", async (page) => {
    await drawn(page);
    await pinFirst(page, 3);
    await page.mouse.move(640, 20);
    await drawn(page);
  }],
  ["projects-list", WINDOW, "session=in", async (page) => {
    await page.click(byId("projects-view-list"));
    await pinFirst(page, 2);
    await drawn(page);
    await page.keyboard.press("ArrowDown");
  }],
  ["projects-filter-none", WINDOW, "session=in", async (page) => {
    await page.waitForSelector(byId("project-row"));
    await page.keyboard.press("/");
    await page.keyboard.type("harbour");
    await page.waitForSelector(byId("projects-none"));
  }],
  ["projects-loading", WINDOW, "session=in&projects=waiting", (page) => page.waitForSelector(byId("skeleton"))],
  ["projects-offline", WINDOW, "session=in&projects=offline", async (page) => {
    await drawn(page);
    await page.keyboard.press("F5");
    await page.waitForSelector(byId("projects-offline"));
  }],
  ["projects-no-pictures", WINDOW, "session=in&sketches=error", async (page) => {
    await page.waitForSelector(byId("project-row"));
    await page.waitForTimeout(600);
  }],
  ["projects-many", WINDOW, "session=in&projects=10000", many],
  ["projects-small", SMALL, "session=in", drawn],
  ["projects-list-small", SMALL, "session=in", async (page) => {
    await page.click(byId("projects-view-list"));
    await page.waitForTimeout(200);
  }],
  ["projects-4k", HUGE, "session=in&projects=60", drawn],
  ["projects-forced", WINDOW, "session=in", async (page) => {
    await page.emulateMedia({ forcedColors: "active" });
    await drawn(page);
    await page.locator(byId("project-row")).nth(1).locator("button").first().focus();
  }],
  ["projects-notice", SMALL, "session=in&remembered=keychain-absent", (page) => page.waitForSelector(byId("not-remembered"))],
  ["projects-empty", WINDOW, "session=in&projects=empty", (page) => page.waitForSelector(byId("projects-empty"))],
  ["projects-error", WINDOW, "session=in&projects=error", (page) => page.waitForSelector(byId("projects-error"))],
  ["person-menu", WINDOW, "session=in", (page) => openMenu(page, "person-menu")],
  ["palette", WINDOW, "session=in", async (page) => {
    await page.keyboard.press("Control+k");
    await page.waitForSelector(byId("palette-entry"));
    await page.waitForTimeout(200);
  }],
  ["palette-typed", WINDOW, "session=in", async (page) => {
    await page.keyboard.press("Control+k");
    await page.waitForTimeout(200);
    await page.keyboard.type("sta s");
  }],
  ["palette-none", SMALL, "session=in", async (page) => {
    await page.keyboard.press("Control+k");
    await page.waitForTimeout(200);
    await page.keyboard.type("zzz");
  }],
  ["shortcuts", WINDOW, "session=in", async (page) => {
    await page.waitForSelector(byId("project-row"));
    await page.keyboard.press("?");
    await page.waitForSelector(byId("shortcuts"));
  }],
  ["settings-appearance", WINDOW, "session=in", settings("appearance")],
  ["settings-keyboard", WINDOW, "session=in", settings("keyboard")],
  ["settings-network", WINDOW, "session=in", async (page) => {
    await settings("network")(page);
    await page.click(byId("network-manual"));
  }],
  ["settings-about", WINDOW, "session=in", async (page) => {
    await settings("about")(page);
    await page.click("[data-testid=about-details] summary");
    await page.waitForSelector(byId("licence"));
  }],
  ["settings-licence", SMALL, "session=in", async (page) => {
    await settings("about")(page);
    await page.waitForSelector(byId("licence"));
    await page.fill(byId("licences-find"), "rustls");
    await page.locator(`${byId("licence")} summary`).first().click();
  }],
  ["project", WINDOW, "session=in", wholeMap],
  ["project-near", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    for (let i = 0; i < 2; i += 1) {
      await page.locator(".zoom button").first().click();
      await page.waitForTimeout(400);
    }
    await page.mouse.click(700, 470);
    await page.waitForSelector(byId("feature-card"));
    await page.waitForTimeout(400);
  }],
  ["project-table", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.keyboard.press("t");
    await page.selectOption(byId("table-layer"), "streets");
    await focusFirstRow(page);
    await page.waitForTimeout(500);
  }],
  ["project-table-found", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.keyboard.press("t");
    await page.selectOption(byId("table-layer"), "streets");
    await page.fill(byId("table-filter"), "katu");
    await page.locator(byId("table-sort")).first().click();
    await focusFirstRow(page);
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(500);
  }],
  ["project-layer", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.locator("[data-layer=streets] .line").click();
    await page.locator("[data-layer=streets] input[type=range]").fill("45");
    await page.locator("[data-layer=streets] [data-testid=layer-class]").nth(7).click();
    await page.locator("[data-layer=streets] [data-testid=layer-class]").nth(6).click();
    await page.locator("[data-layer=landuse] [data-testid=layer-visible]").click();
    await page.waitForTimeout(500);
  }],
  ["project-keyboard", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    for (let i = 0; i < 4; i += 1) await page.keyboard.press("Tab");
    await page.waitForSelector(byId("feature-card"));
    await page.waitForTimeout(500);
  }],
  ["project-hidden-panel", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.click(byId("layers-hide"));
    await page.waitForTimeout(500);
  }],
  ["project-drawer", SMALL, "session=in", async (page) => {
    await openProject(page);
    await page.waitForTimeout(1200);
    await page.click(byId("layers-show"));
    await page.waitForFunction(() => document.querySelectorAll("[data-stage=ready]").length === 6);
    await page.waitForTimeout(400);
  }],
  ["project-4k", HUGE, "session=in", async (page) => {
    await wholeMap(page);
    await page.waitForTimeout(800);
  }],
  ["project-forced", WINDOW, "session=in", async (page) => {
    await page.emulateMedia({ forcedColors: "active" });
    await wholeMap(page);
    await page.keyboard.press("t");
    await focusFirstRow(page);
    await page.waitForTimeout(500);
  }],
  ["project-opening", WINDOW, "session=in&open=waiting", async (page) => {
    await page.locator(byId("project-row")).first().click();
    await page.waitForTimeout(700);
  }],
  ["project-small", SMALL, "session=in", async (page) => {
    await openProject(page);
    await page.waitForTimeout(1200);
    await page.keyboard.press("t");
    await focusFirstRow(page);
    await page.waitForTimeout(500);
  }],
  ["project-loading", WINDOW, "session=in&layers=waiting", async (page) => {
    await openProject(page);
    await page.waitForTimeout(500);
  }],
  ["project-broken", WINDOW, "session=in&layers=broken", async (page) => {
    await openProject(page);
    await page.waitForSelector("[data-testid=layer-error]");
    await page.waitForTimeout(500);
  }],
  ["project-error", WINDOW, "session=in&open=error", async (page) => {
    await page.locator(byId("project-row")).first().click();
    await page.waitForSelector(byId("project-error"));
  }],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
let bad = 0;
for (const [name, size, query, act] of SCREENS.filter(([each]) => each.includes(only))) {
  for (const [theme, language] of [["light", "en"], ["dark", "nl"], ...(process.env.ALL ? [["dark", "en"], ["light", "nl"]] : [])]) {
    const context = await browser.newContext({ viewport: size, colorScheme: theme, locale: language === "en" ? "en-GB" : "nl-NL" });
    const page = await context.newPage();
    const trouble = [];
    page.on("console", (message) => {
      // Chromium's advice about speed, which the webviews that Polder runs in do not give.
      const advice = message.text().includes("willReadFrequently");
      if (["error", "warning"].includes(message.type()) && !advice) trouble.push(message.text());
    });
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) trouble.push(`asked for ${request.url()}`);
    });
    await page.goto(`${origin}/?${query}`);
    try {
      await act(page);
    } catch (error) {
      trouble.push(String(error));
    }
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(out, `${name}-${theme}-${language}.png`) });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight);
    if (overflow) trouble.push("the page is larger than the window");
    // The debugger may evaluate what the page itself may not.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, nodes } of violations) trouble.push(`axe ${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary?.split("\n").slice(1, 2)}`).join(" | ")}`);
    await context.close();
    bad += trouble.length;
    console.log(`${trouble.length ? "TROUBLE" : "ok"} ${name} ${theme} ${language}`, ...trouble.map((line) => `\n    ${line}`));
  }
}
await browser.close();
server.close();
process.exitCode = bad ? 1 : 0;
