// Invented people for the fake backend.
import type { Colleague } from "$lib/bindings/Colleague";
import type { Role } from "$lib/bindings/Role";

const DAY = 86_400;

type Line = [name: string, role: Role, hoursAgo: number | null, more?: Partial<Colleague>];
const LINES = (now: number): Line[] => [
  ["Johan Bergström", "host", 1.1],
  ["Juhani Mäkelä", "viewer", 9 * 24, { second_step: false }],
  ["Leena Rantanen", "manager", 0.8],
  ["Maija Hämäläinen", "editor", 7 * 24],
  ["Mikael Lindqvist", "editor", 0.1],
  ["Noora Laaksonen", "host", 25],
  ["Pekka Heikkinen", "editor", 1.4, { closed: { until: now + 1260 } }],
  ["Samir Haddad", "editor", 8 * 24, { second_step: false, closed: { until: null } }],
  ["Sanna Koskinen", "editor", 0.4],
  ["Tuuli Salmi", "viewer", null, { invited: true, second_step: false, code_until: now + 5 * DAY }],
  ["Ville Karjalainen", "editor", 86 * 24, { off: true }],
  ["Wilma Sundström with a name that is much longer than a column could ever hold", "viewer", 16 * 24, { second_step: false }],
  ["Yrjö Uusitalo", "viewer", null, { invited: true, second_step: false, code_until: null }],
];

/** So many people besides the one who looks; the first few are told by hand. */
export function inventPeople(many: number, now: number, me: Colleague): Colleague[] {
  const lines = LINES(now);
  const others = Array.from({ length: many }, (_, n): Colleague => {
    const [name, role, hours, more] = lines[n % lines.length] as Line;
    const again = Math.floor(n / lines.length);
    const whole = again === 0 ? name : `${name} ${again + 1}`;
    const email = `${plain(whole)}@hel.example`;
    return {
      user: (n + 0x100).toString(16).padStart(4, "0").repeat(8), name: whole, email, role, invited: false, code_until: null, off: false,
      second_step: true, closed: null, last_seen: hours === null ? null : Math.floor(now - hours * 3600), ...more,
    };
  });
  return [me, ...others];
}

/** How many are told by hand. */
export const PEOPLE = 13;

/** The name as an e-mail has it. */
export function plain(name: string): string {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, ".");
}
