// What the screens have in common: sizes of windows, and ways to get somewhere.

/** The window while the gate is shut. */
export const GATE = { width: 460, height: 380 };
/** The window as it opens for a person who has never sized it. */
export const WINDOW = { width: 1280, height: 800 };
/** The smallest that the window can be made. */
export const SMALL = { width: 900, height: 600 };
/** Tall enough for the whole gallery. */
export const TALL = { width: 1280, height: 1240 };
/** As large as a person's screen may be. */
export const HUGE = { width: 3840, height: 2160 };

export const byId = (id) => `[data-testid=${id}]`;
export const see = (id) => (page) => page.waitForSelector(byId(id));

export const signIn = async (page) => {
  await page.fill(byId("email"), "aino.virtanen@hel.example");
  await page.fill(byId("password"), "correct horse battery");
  await page.click(byId("sign-in-continue"));
};

export const openMenu = async (page, id) => {
  await page.click(byId(id));
  await page.waitForSelector("[role=menu]");
};

export const openProject = async (page) => {
  await page.locator(byId("project-row")).first().click();
  await page.waitForSelector(byId("map"));
};

export const wholeMap = async (page) => {
  await openProject(page);
  await page.waitForFunction(() => document.querySelectorAll("[data-stage=ready]").length === 6);
};
