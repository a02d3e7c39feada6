// What stands around every screen: the person's menu, the palette, the shortcuts, the settings.
import { SMALL, WINDOW, byId, openMenu } from "./steps.mjs";

const settings = (page) => async (view) => {
  await openMenu(view, "person-menu");
  await view.click(byId("open-settings"));
  await view.click(byId(`settings-${page}`));
};
const palette = (typed) => async (page) => {
  await page.waitForSelector(byId("project-row"));
  await page.keyboard.press("Control+k");
  await page.waitForSelector("dialog[open]");
  if (typed) await page.keyboard.type(typed);
};

export const FRAME = [
  ["person-menu", WINDOW, "session=in", (page) => openMenu(page, "person-menu")],
  ["palette", WINDOW, "session=in", async (page) => {
    await palette("")(page);
    await page.waitForSelector(byId("palette-entry"));
  }],
  ["palette-typed", WINDOW, "session=in", palette("sta s")],
  ["palette-none", SMALL, "session=in", palette("zzz")],
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
];
