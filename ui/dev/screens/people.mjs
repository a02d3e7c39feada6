// People: what a domain's manager sees and does.
import { SMALL, WINDOW, byId, openMenu } from "./steps.mjs";

/** Whatever comes to lie under the pointer would be lit, now or a moment later. */
const aside = (page) => page.mouse.move(640, 20);

const people = async (page) => {
  await openMenu(page, "person-menu");
  await page.click(byId("open-people"));
  await page.waitForSelector(byId("people"));
  await aside(page);
};
const listed = async (page) => {
  await people(page);
  await page.waitForSelector(byId("people-row"));
};
/** Opens what can be done about somebody. */
const about = (name, act) => async (page) => {
  await listed(page);
  await page.fill(byId("people-filter"), name);
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=people-row]").length === 1);
  await page.click(byId("people-more"));
  await page.waitForSelector("[role=menu]");
  if (act) await page.click(byId(`people-act-${act}`));
};
// No projects, which would only be drawn to be left.
const manager = "session=in&role=manager&projects=empty";

export const PEOPLE = [
  ["people", WINDOW, `${manager}&fresh=1`, listed],
  ["people-small", SMALL, `${manager}&fresh=1`, listed],
  ["people-many", WINDOW, `${manager}&people=2400`, async (page) => {
    await listed(page);
    await page.click(byId("people-filter"));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.closest("[data-testid=people-row]") != null);
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.activeElement?.closest("[data-testid=people-row]")?.getAttribute("aria-rowindex") === "2402");
  }],
  ["people-alone", SMALL, `${manager}&people=alone`, async (page) => {
    await people(page);
    await page.waitForSelector(byId("people-alone"));
  }],
  ["people-waiting", WINDOW, `${manager}&people=waiting`, async (page) => {
    await people(page);
    await page.waitForSelector(byId("skeleton"));
  }],
  ["people-error", SMALL, `${manager}&people=error`, async (page) => {
    await people(page);
    await page.waitForSelector(byId("people-error"));
  }],
  ["people-offline", SMALL, `${manager}&people=offline`, async (page) => {
    await listed(page);
    await page.click(byId("people-refresh"));
    await page.waitForSelector(byId("people-offline"));
  }],
  ["people-none", SMALL, manager, async (page) => {
    await listed(page);
    await page.fill(byId("people-filter"), "zzz");
    await page.waitForSelector(byId("people-none"));
  }],
  ["people-menu", WINDOW, manager, about("pekka")],
  ["people-menu-manager", SMALL, manager, about("leena")],
  ["people-menu-self", SMALL, manager, about("aino")],
  ["people-take", WINDOW, `${manager}&fresh=1`, async (page) => {
    await about("pekka", "second-step")(page);
    await page.waitForSelector(byId("people-ask"));
  }],
  ["people-taken", SMALL, `${manager}&fresh=1`, async (page) => {
    await about("pekka", "second-step")(page);
    await page.click(byId("people-ask-yes"));
    await page.waitForSelector(byId("people-done"));
    await aside(page);
  }],
  ["people-off", SMALL, `${manager}&fresh=1`, async (page) => {
    await about("pekka", "off")(page);
    await page.waitForSelector(byId("people-ask"));
  }],
  ["people-changed", SMALL, `${manager}&fresh=1&refused=second-step-absent`, async (page) => {
    await about("pekka", "second-step")(page);
    await page.click(byId("people-ask-yes"));
    await page.waitForSelector(byId("people-changed"));
    await aside(page);
  }],
  ["people-refused", SMALL, `${manager}&fresh=1&refused=timed-out`, async (page) => {
    await about("tuuli", "letter")(page);
    await page.waitForSelector(byId("people-refused"));
    await aside(page);
    // The button with the focus tells what it is for, now or a moment later.
    await page.evaluate(() => document.activeElement.blur());
    await page.waitForFunction(() => document.querySelector("[role=tooltip]:popover-open") === null);
  }],
  ["people-add", WINDOW, `${manager}&fresh=1`, async (page) => {
    await listed(page);
    await page.click(byId("people-add"));
    await page.fill(byId("people-add-name"), "Noora Laine");
    await page.click(byId("people-add-yes"));
    await page.waitForSelector("[aria-invalid=true]");
  }],
  ["people-add-taken", SMALL, `${manager}&fresh=1`, async (page) => {
    await listed(page);
    await page.click(byId("people-add"));
    await page.fill(byId("people-add-name"), "Noora Laine");
    await page.fill(byId("people-add-email"), "leena.rantanen@hel.example");
    await page.click(byId("people-add-yes"));
    await page.waitForSelector(byId("people-add-error"));
  }],
  ["people-added", WINDOW, `${manager}&fresh=1`, async (page) => {
    await listed(page);
    await page.click(byId("people-add"));
    await page.fill(byId("people-add-name"), "Noora Laine");
    await page.fill(byId("people-add-email"), "noora.laine@hel.example");
    await page.click(byId("people-add-yes"));
    await page.waitForSelector(byId("people-done"));
    await aside(page);
  }],
];
