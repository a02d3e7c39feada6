// Takes a picture of every screen in WebKitGTK, the engine that ships on Linux: light and dark, English and Dutch.
// What is wrong with any of them, by `pictures/checks.mjs` or against the kept references, makes the run fail.
//   npm run pictures -- [--out DIR] [words]      into DIR (pictures/), only those whose names have all the words
//   npm run pictures -- --compare [words]        also against tests/pictures/; differences go to DIR/differences/
//   npm run pictures -- --compare --kept         only those that have a reference: each theme and language of each screen
//   npm run pictures -- --keep [words]           makes the references anew
//   npm run pictures -- --forced [words]         in Chromium with forced colours, as on Windows; checked, not compared
//   --report FILE writes the outcome as JSON; --built takes dist-fake/ as it is.
// Needs the Debian packages webkit2gtk-driver, xvfb, fonts-inter and fonts-noto-core.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "./pictures/browser.mjs";
import { openForced } from "./pictures/chromium.mjs";
import { check } from "./pictures/checks.mjs";
import { References } from "./pictures/references.mjs";
import { serve } from "./pictures/serve.mjs";
import { SCREENS } from "./screens/index.mjs";

const THEMES = ["light", "dark"];
const LANGUAGES = ["en", "nl"];
const ZONE = "Europe/Helsinki";
/** Screens no wider than this have all four references; larger ones two, which have each theme and language once. */
const NARROW = 500;
/** A browser keeps something of every page that it has shown; after so many a new one is quicker. */
const PAGES = 15;

const ui = fileURLToPath(new URL("..", import.meta.url));
const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: join(ui, "pictures") },
    compare: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    kept: { type: "boolean", default: false },
    forced: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
    report: { type: "string" },
  },
});
const out = resolve(options.out);
const differences = join(out, "differences");
const references = new References(join(ui, "tests", "pictures"));

const all = SCREENS.flatMap((screen) =>
  THEMES.flatMap((theme) =>
    LANGUAGES.map((language) => ({
      ...screen, theme, language, id: `${screen.name}-${theme}-${language}`,
      kept: screen.size.width <= NARROW || (theme === "light") === (language === "en"),
    })),
  ),
);
if (options.forced && (options.keep || options.compare)) throw new Error("pictures with forced colours have no references");
const wanted = all.filter(({ id, kept }) => (kept || !(options.kept || options.forced)) && words.every((word) => id.includes(word)));
if (new Set(all.map(({ id }) => id)).size !== all.length) throw new Error("two screens have one name");
if (!wanted.length) throw new Error(`no screen is called ${words.join(" ")}`);

const began = performance.now();
if (!options.built) execFileSync("npx", ["vite", "build", "--mode", "fake", "--logLevel", "warn"], { cwd: ui, stdio: "inherit" });
mkdirSync(out, { recursive: true });
rmSync(differences, { recursive: true, force: true });

const { csp } = JSON.parse(readFileSync(join(ui, "..", "src-tauri", "tauri.conf.json"), "utf8")).app.security;
const server = await serve(join(ui, "dist-fake"), csp);
const outcomes = [];
try {
  // One browser a theme, side by side: its system, and so what it draws itself, has that theme too.
  const runs = await Promise.allSettled(THEMES.map(takeAll));
  for (const run of runs) if (run.status === "rejected") throw run.reason;
} finally {
  server.close();
}
outcomes.sort((a, b) => a.id.localeCompare(b.id));

const troubles = outcomes.flatMap(({ id, troubles: each }) => each.map((trouble) => `${id}: ${trouble}`));
const expected = new Set(all.filter(({ kept }) => kept).map(({ id }) => id));
for (const name of references.names().filter((each) => !expected.has(each))) {
  if (options.keep) references.drop(name);
  else if (options.compare) troubles.push(`${name}: a reference of no screen`);
}
const differ = outcomes.filter(({ difference }) => difference).map(({ id, difference }) => `${id}: ${difference}`);
const seconds = Math.round((performance.now() - began) / 1000);
if (options.report) writeFileSync(options.report, `${JSON.stringify({ pictures: outcomes.length, differ, troubles, seconds }, null, 2)}\n`);
if (differ.length) console.log(`\nDifferent from the references (see ${differences}):`, ...differ.map((line) => `\n  ${line}`));
if (troubles.length) console.log("\nTroubles:", ...troubles.map((line) => `\n  ${line}`));
console.log(`\n${outcomes.length} pictures, ${differ.length} differ, ${troubles.length} troubles (${seconds} s)`);
process.exitCode = differ.length || troubles.length ? 1 : 0;

async function takeAll(theme) {
  const mine = wanted.filter((each) => each.theme === theme);
  for (let from = 0; from < mine.length; from += PAGES) {
    const { page, close } = await (options.forced ? openForced : open)({ theme, zone: ZONE });
    try {
      for (const screen of mine.slice(from, from + PAGES)) outcomes.push(await take(page, screen));
    } finally {
      await close();
    }
  }
}

async function take(page, { id, size, query, act, theme, language, kept }) {
  const from = performance.now();
  const found = [];
  let difference;
  await page.setViewportSize(size);
  await page.mouse.move(0, 0);
  await page.goto(`${server.origin}/?${new URLSearchParams(query)}&picture=${theme}-${language}`);
  try {
    await act(page);
    await page.rest();
  } catch (error) {
    found.push(error.message);
  }
  const picture = await page.screenshot();
  writeFileSync(join(out, `${id}.png`), picture);
  found.push(...(await check(page)));
  if (options.keep && kept && !found.length) references.keep(id, picture);
  else if (options.compare && kept) difference = references.compare(id, picture, differences);
  const mark = found.length ? "TROUBLE" : difference ? "DIFFERS" : "ok";
  console.log(`${mark.padEnd(7)} ${id} ${Math.round(performance.now() - from)} ms`);
  return { id, troubles: found, difference };
}
