// One project: its map, its layers, its table.
import { SMALL, WINDOW, byId, openProject, wholeMap } from "./steps.mjs";

const focusFirstRow = (page) => page.locator(byId("table-row")).nth(2).click();

export const PROJECT = [
  ["project", WINDOW, "session=in", wholeMap],
  ["project-near", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.click(".zoom button");
    await page.click(".zoom button");
    await page.mouse.click(778, 655);
    await page.waitForSelector(byId("feature-card"));
  }],
  ["project-table", WINDOW, "session=in", async (page) => {
    await wholeMap(page);
    await page.keyboard.press("t");
    await page.selectOption(byId("table-layer"), "streets");
    await focusFirstRow(page);
  }],
  ["project-small", SMALL, "session=in", async (page) => {
    await wholeMap(page);
    await page.keyboard.press("t");
    await focusFirstRow(page);
  }],
  ["project-loading", WINDOW, "session=in&layers=waiting", openProject],
  ["project-broken", WINDOW, "session=in&layers=broken", async (page) => {
    await openProject(page);
    await page.waitForSelector("[data-testid=layer-error]");
  }],
  ["project-error", WINDOW, "session=in&open=error", async (page) => {
    await page.locator(byId("project-row")).first().click();
    await page.waitForSelector(byId("project-error"));
  }],
];
