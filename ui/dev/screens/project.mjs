// One project: its map, its layers, its table.
import { HUGE, SMALL, WINDOW, byId, openProject, wholeMap } from "./steps.mjs";

const focusFirstRow = (page) => page.locator(byId("table-row")).nth(2).click();

export const PROJECT = [
  ["project", WINDOW, "session=in", wholeMap],
  ["project-near", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.click(".zoom button");
    await page.click(".zoom button");
    await page.mouse.click(1150, 240);
    await page.waitForSelector(byId("feature-card"));
  }],
  ["project-table", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.keyboard.press("t");
    await page.selectOption(byId("table-layer"), "streets");
    await focusFirstRow(page);
  }],
  ["project-table-found", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.keyboard.press("t");
    await page.selectOption(byId("table-layer"), "streets");
    await page.fill(byId("table-filter"), "katu");
    await page.locator(byId("table-sort")).first().click();
    await focusFirstRow(page);
    await page.keyboard.press("ArrowDown");
  }],
  ["project-layer", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.locator("[data-layer=streets] .line").click();
    await page.locator("[data-layer=streets] input[type=range]").fill("45");
    await page.locator("[data-layer=streets] [data-testid=layer-class]").nth(7).click();
    await page.locator("[data-layer=streets] [data-testid=layer-class]").nth(6).click();
    await page.locator("[data-layer=landuse] [data-testid=layer-visible]").click();
  }],
  ["project-keyboard", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    for (let i = 0; i < 4; i += 1) await page.keyboard.press("Tab");
    await page.waitForSelector(byId("feature-card"));
  }],
  ["project-hidden-panel", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.click(byId("layers-hide"));
  }],
  ["project-drawer", SMALL, "session=in", async (page) => {
    await openProject(page);
    await page.click(byId("layers-show"));
    await page.waitForFunction(() => document.querySelectorAll("[data-stage=ready]").length === 6);
  }],
  ["project-4k", HUGE, "session=in", wholeMap],
  ["project-small", SMALL, "session=in", async (page) => {
    await openProject(page);
    await page.keyboard.press("t");
    await focusFirstRow(page);
  }],
  ["project-loading", WINDOW, "session=in&layers=waiting", openProject],
  ["project-opening", WINDOW, "session=in&open=waiting", (page) => page.locator(byId("project-row")).first().click()],
  ["project-broken", WINDOW, "session=in&layers=broken", async (page) => {
    await openProject(page);
    await page.waitForSelector("[data-testid=layer-error]");
  }],
  ["project-error", WINDOW, "session=in&open=error", async (page) => {
    await page.locator(byId("project-row")).first().click();
    await page.waitForSelector(byId("project-error"));
  }],
];
