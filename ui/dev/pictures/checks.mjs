// What must hold of every screen, whatever it shows. Each check answers with a list of troubles in words.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** All that is wrong with the page as it stands. */
export async function check(page) {
  const found = await page.evaluate(layout);
  // The driver may run in the page what the page itself may not.
  await page.evaluate(`function () { ${axe} }`);
  return [...found, ...(await page.evaluate(accessibility)), ...(await page.evaluate(noticed))];
}

// What follows runs in the page.

function noticed() {
  return globalThis.polderPictures.troubles.splice(0);
}

function layout() {
  const { scrollWidth, scrollHeight } = document.documentElement;
  const troubles = [];
  if (scrollWidth > innerWidth || scrollHeight > innerHeight) {
    troubles.push(`the page is larger than the window: ${scrollWidth} × ${scrollHeight}`);
  }
  for (const element of document.querySelectorAll("body *")) {
    const { overflowX, textOverflow, display } = getComputedStyle(element);
    if (!["hidden", "clip"].includes(overflowX) || display === "contents" || element.closest(".visually-hidden, .off-screen, svg, [aria-hidden=true]")) continue;
    const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!speaks && textOverflow !== "ellipsis") continue;
    if (element.scrollWidth > element.clientWidth && !element.closest("[title]")) {
      troubles.push(`cut without a title: “${element.textContent.trim().slice(0, 80)}”`);
    }
  }
  return troubles;
}

async function accessibility() {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await globalThis.axe.run(document, {
    runOnly: tags, resultTypes: ["violations"], rules: { "target-size": { enabled: true } },
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `axe ${id}: ${html.slice(0, 160)} ${failureSummary?.split("\n").slice(1, 2).join("").trim()}`));
}
