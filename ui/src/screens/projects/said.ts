// What is said about a project in cards and rows.
import type { Summary } from "$lib/bindings/Summary";
import { clock, day, minutesAgo } from "$lib/format";
import { locale, t } from "$lib/fluent/index.svelte";

/** "12 min ago", "today 07:58", "yesterday", "19 Nov". */
export function changedWhen(at: number, now: number): string {
  const recent = minutesAgo(locale(), at, now);
  if (recent !== null) return recent;
  const words = day(locale(), at, now);
  const today = words === day(locale(), now, now);
  return today ? t("day-at-time", { day: words, time: clock(locale(), at) }) : words;
}

/** Who saved the latest version. */
export function changedBy({ latest }: Summary, user: string): string {
  return latest.author.id === user ? t("projects-you") : latest.author.name;
}

/** What the signed-in person may do with it. */
export function rightOn({ owner, access }: Summary, user: string): { icon: string; words: string } {
  if (owner.id === user) return { icon: "user", words: t("right-yours") };
  return access === "write" ? { icon: "pencil", words: t("right-write") } : { icon: "eye", words: t("right-read") };
}
