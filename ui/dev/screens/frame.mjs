// What stands around every screen: the person's menu, the palette, the shortcuts, the settings.
import { SMALL, WINDOW, byId, openMenu, see, signIn, wholeMap } from "./steps.mjs";

const settings = (page) => async (view) => {
  await openMenu(view, "person-menu");
  await view.click(byId("open-settings"));
  await view.click(byId(`settings-${page}`));
};
const account = async (view) => {
  await openMenu(view, "person-menu");
  await view.click(byId("open-account"));
  await view.waitForSelector(byId("devices"));
  await view.waitForSelector(byId("locking-after"));
};
const changePassword = async (page) => {
  await page.fill(byId("change-password-old"), "correct horse battery staple");
  await page.fill(byId("change-password-new"), "nine herons over the ditch");
  await page.waitForSelector(byId("password-strength"));
  await page.click(byId("change-password-set"));
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
  ["account", WINDOW, "session=in&fresh=1", account],
  ["account-lower", WINDOW, "session=in&fresh=1", async (page) => {
    await account(page);
    await page.waitForSelector(byId("second-step-standing"));
    await page.waitForSelector(byId("change-password-old"));
    await page.evaluate(() => document.querySelector("[data-testid=second-step]").scrollIntoView({ block: "end" }));
  }],
  ["account-password-code", WINDOW, "session=in", async (page) => {
    await account(page);
    await changePassword(page);
    await page.waitForSelector(byId("change-password-code"));
  }],
  ["account-password-code-wrong", SMALL, "session=in", async (page) => {
    await account(page);
    await changePassword(page);
    await page.fill(byId("change-password-code"), "000000");
    await page.click(byId("change-password-set"));
    await page.waitForSelector(byId("change-password-error"));
  }],
  ["account-strict", SMALL, "session=in&strict=1&devices=one&remembered=keychain-locked", account],
  ["account-devices-error", SMALL, "session=in&devices=error", account],
  ["account-fresh", WINDOW, "session=in", async (page) => {
    await account(page);
    await page.click(byId("devices-end-all"));
    await page.waitForSelector(byId("fresh"));
  }],
  ["account-fresh-wrong", SMALL, "session=in", async (page) => {
    await account(page);
    await page.click(byId("devices-end-all"));
    await page.waitForSelector(byId("fresh"));
    await page.fill(byId("proof-password"), "wrong");
    await page.fill(byId("proof-code"), "123456");
    await page.click(byId("fresh-go"));
    await page.waitForSelector(byId("fresh-error"));
  }],
  ["maintenance", WINDOW, "session=in&maintenance=1", (page) => page.waitForSelector(byId("maintenance"))],
  ["lock", WINDOW, "session=locked", (page) => page.waitForSelector(byId("lock"))],
  ["lock-code", SMALL, "session=locked&code=1", (page) => page.waitForSelector(byId("proof-code"))],
  ["lock-wrong", WINDOW, "session=locked", async (page) => {
    await page.waitForSelector(byId("lock"));
    await page.fill(byId("proof-password"), "wrong");
    await page.click(byId("lock-unlock"));
    await page.waitForSelector(byId("lock-error"));
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
  ...["none", "fetching", "ready", "paused"].map((state) => [`settings-update-${state}`, SMALL, `session=in&update=${state}`, async (page) => {
    await settings("about")(page);
    await page.waitForSelector(`${byId("updates")}[data-state=${state}]`);
    await page.locator(byId("updates-news")).evaluate((element) => element.scrollIntoView({ block: "center" }));
  }]),
  ["settings-update-failed", SMALL, "session=in&update=fetching&unpaused=internal", async (page) => {
    await settings("about")(page);
    await page.click(byId("updates-fetch"));
    await page.waitForSelector("[role=alert]");
    // Whatever scrolls under the pointer would be lit, now or a moment later.
    await page.mouse.move(640, 20);
    await page.locator("[role=alert]").evaluate((element) => element.scrollIntoView({ block: "center" }));
  }],
  ["whats-new", WINDOW, "session=in&new=1", see("whats-new")],
  ["update-ready", WINDOW, "session=in&update=ready", see("update-notice")],
  ["simpler-drawing", SMALL, "simpler=1", see("simpler-drawing")],
  ["update-ready-map", WINDOW, "session=in&update=ready", async (page) => {
    await wholeMap(page);
    await page.waitForSelector(byId("update-notice"));
  }],
  ["over", WINDOW, "session=in&update=outdated", see("over")],
  ["over-later", SMALL, "session=in&update=outdated", async (page) => {
    await page.click(byId("over-later"));
    await page.waitForSelector(`${byId("update-notice")}[data-kind=over]`);
  }],
  ["over-failed", WINDOW, "session=in&outdated=1", async (page) => {
    await page.click(byId("over-later"));
    await page.waitForSelector(byId("projects-error"));
  }],
  ["over-list", WINDOW, "failure=metadata-expired", async (page) => {
    await signIn(page);
    await page.waitForSelector(byId("over"));
  }],
  ["settings-licence", SMALL, "session=in", async (page) => {
    await settings("about")(page);
    await page.waitForSelector(byId("licence"));
    await page.fill(byId("licences-find"), "rustls");
    // What is far below does not exist yet.
    await page.locator(byId("licences-find")).evaluate((element) => element.scrollIntoView({ block: "start" }));
    await page.locator(`${byId("licence")} summary`).first().click();
  }],
];
