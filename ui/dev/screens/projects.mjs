// The list of projects: as cards and as rows.
import { HUGE, SMALL, WINDOW, byId, see } from "./steps.mjs";

/** All pictures in view are there. */
const drawn = async (page) => {
  await page.waitForSelector(byId("project-row"));
  await page.waitForFunction(() => {
    const list = document.querySelector("[data-testid=projects-cards], [data-testid=projects-list]")?.getBoundingClientRect();
    const inSight = ({ top, bottom }) => list && bottom > list.top + 1 && top < list.bottom - 1;
    const seen = [...document.querySelectorAll(".picture")].filter((each) => each.clientWidth > 0 && inSight(each.getBoundingClientRect()));
    return seen.every((each) => each.dataset.drawn === "");
  });
};

const pinFirst = async (page, many) => {
  for (let i = 0; i < many; i += 1) {
    const row = page.locator(byId("project-row")).nth(i + 1);
    await row.hover();
    await row.locator(byId("project-pin")).click();
  }
};

/** As somebody sees it who has all text twice as large. */
const largeText = async (page) => {
  await page.waitForSelector(byId("project-row"));
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
};

/** Rows that exist follow each other without a gap, and what is in one stays in it. */
const apart = async (page) => {
  const wrong = await page.evaluate(() => {
    const rows = [...document.querySelectorAll("[data-testid=project-row]")];
    return rows.flatMap((row, i) => {
      const box = row.getBoundingClientRect();
      const found = [];
      const before = rows[i - 1]?.getBoundingClientRect();
      if (before && Math.abs(before.bottom - box.top) > 1) found.push(`row ${i} does not follow the one before it`);
      const texts = [...row.querySelectorAll("p, .title, [role=gridcell]")].map((each) => [each, each.getBoundingClientRect()]).filter(([, { width }]) => width > 0);
      for (const [each, inside] of texts) {
        if (inside.top < box.top - 1 || inside.bottom > box.bottom + 1) found.push(`row ${i} does not hold “${each.textContent.trim()}”`);
      }
      return found;
    });
  });
  if (wrong.length) throw new Error(wrong.slice(0, 3).join("; "));
};

/** Only the letters grow, as where a browser enlarges text alone; sizes in rem do not. */
const onlyLetters = async (page) => {
  await page.waitForSelector(byId("project-row"));
  await page.evaluate(() => {
    const { style } = document.documentElement;
    style.setProperty("--t-work", "400 1.625rem/2.5rem var(--font)");
    style.setProperty("--t-note", "400 1.5rem/2rem var(--font)");
  });
};

/** Ten thousand projects: wherever one looks, few of them exist; keys go all the way. */
const many = async (page) => {
  for (const view of ["cards", "list"]) {
    await page.click(byId(`projects-view-${view}`));
    await page.locator(`${byId("project-row")} .open`).first().focus();
    for (const key of ["PageDown", "PageDown", "End", "PageUp"]) {
      await page.keyboard.press(key);
      await page.rest();
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

export const PROJECTS = [
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
  ["projects-welcome", WINDOW, "session=in&welcome", async (page) => {
    await page.waitForSelector(byId("welcome"));
    await drawn(page);
  }],
  ["projects-welcome-small", SMALL, "session=in&welcome&projects=empty", see("welcome")],
  ["projects-loading", WINDOW, "session=in&projects=waiting", see("skeleton")],
  ["projects-offline", WINDOW, "session=in&projects=offline", async (page) => {
    await drawn(page);
    await page.keyboard.press("F5");
    await page.waitForSelector(byId("projects-offline"));
  }],
  ["projects-no-pictures", WINDOW, "session=in&sketches=error", see("project-row")],
  ["projects-many", WINDOW, "session=in&projects=10000", many],
  ["projects-small", SMALL, "session=in", drawn],
  ["projects-list-small", SMALL, "session=in", (page) => page.click(byId("projects-view-list"))],
  ["projects-list-large-text", WINDOW, "session=in", async (page) => {
    await largeText(page);
    await page.click(byId("projects-view-list"));
    await drawn(page);
    await apart(page);
  }],
  ["projects-cards-large-text", WINDOW, "session=in", async (page) => {
    await largeText(page);
    await drawn(page);
  }],
  ["projects-list-large-text-small", SMALL, "session=in", async (page) => {
    await largeText(page);
    await page.click(byId("projects-view-list"));
    await drawn(page);
    await apart(page);
  }],
  ["projects-list-large-letters", WINDOW, "session=in", async (page) => {
    await page.click(byId("projects-view-list"));
    await onlyLetters(page);
    await drawn(page);
    await apart(page);
  }],
  ["projects-4k", HUGE, "session=in", drawn],
  ["projects-notice", SMALL, "session=in&remembered=keychain-absent", see("not-remembered")],
  ["projects-empty", WINDOW, "session=in&projects=empty", see("projects-empty")],
  ["projects-error", WINDOW, "session=in&projects=error", see("projects-error")],
];
