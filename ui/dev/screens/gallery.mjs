// Every part in every state, and every colour (`dev/gallery/`).
import { TALL, byId, openMenu, see } from "./steps.mjs";

export const GALLERY = [
  ["gallery", TALL, "gallery=1", see("skeleton")],
  ["gallery-menu", TALL, "gallery=1", (page) => openMenu(page, "gallery-menu")],
  ["gallery-dialog", TALL, "gallery=1", (page) => page.click(byId("gallery-dialog"))],
  ["gallery-tip", TALL, "gallery=1", async (page) => {
    await page.hover(byId("gallery-tip"));
    await page.waitForSelector("[role=tooltip]");
  }],
  ["gallery-colour", TALL, "gallery=colour", (page) => page.waitForSelector("main")],
];
