// Invented projects for the fake backend.
import type { Person } from "$lib/bindings/Person";
import type { Summary } from "$lib/bindings/Summary";
import type { Theme } from "$lib/bindings/Theme";
import type { View } from "./town";

const person = (n: number, name: string): Person => ({ id: n.toString(16).padStart(2, "0").repeat(16), name });
export const aino = person(10, "Aino Virtanen");
const mikael = person(0x5c, "Mikael Lindqvist");
const sanna = person(0x7e, "Sanna Koskinen");
const [elina, noora, johan, pekka, tuuli, leena] = [
  person(31, "Elina Nieminen"), person(42, "Noora Laaksonen"), person(57, "Johan Bergström"), person(64, "Pekka Heikkinen"),
  person(71, "Tuuli Salmi"), person(83, "Leena Rantanen"),
] as const;

type Line = [name: string, description: string, owner: Person, access: "read" | "write", by: Person, hours: number, version: number, bytes: number, longitude: number, latitude: number, metres: number, subject: Theme];
const LINES: Line[] = [
  ["Helsinki, city centre", "Six layers of open data to begin with", sanna, "write", mikael, 0.2, 14, 1_142_327, 24.9436, 60.1712, 640, "transit"],
  ["Kaisaniemi street trees 2027", "Kaisaniemi, Kluuvi", mikael, "write", mikael, 1.1, 14, 3_900_000, 24.9462, 60.1739, 460, "trees"],
  ["Station square, summer layout", "Rautatientori", aino, "write", aino, 2.2, 31, 5_210_000, 24.9437, 60.1711, 380, "trees"],
  ["Esplanadi accessibility", "", mikael, "write", noora, 25, 9, 4_400_000, 24.9459, 60.1676, 480, "streets"],
  ["Tram stops, Mannerheimintie", "Kamppi to Lasipalatsi", johan, "write", johan, 27, 22, 2_800_000, 24.9384, 60.1702, 420, "transit"],
  ["Botanical garden paths", "Kaisaniemen kasvitieteellinen puutarha", aino, "write", elina, 140, 6, 3_100_000, 24.9465, 60.1751, 420, "streets"],
  ["Senate Square paving with a name that is much longer than a column could ever hold", "Senaatintori and the streets around it, as agreed with the museum board in the spring of 2026", sanna, "read", sanna, 160, 1_217, 1_900, 24.9503, 60.1692, 380, "buildings"],
  ["Hakaniemi market square", "Hakaniemi", pekka, "read", pekka, 210, 41, 7_600_000, 24.9492, 60.1772, 460, "transit"],
  ["Old church park lighting", "Vanha kirkkopuisto", tuuli, "write", tuuli, 310, 4, 1_200_000, 24.9398, 60.1661, 380, "trees"],
  ["Kluuvi delivery hours", "Kluuvi, Aleksanterinkatu", aino, "write", aino, 385, 12, 2_200_000, 24.9460, 60.1691, 360, "buildings"],
  ["Kruununhaka school routes", "Liisankatu, Snellmaninkatu", leena, "read", leena, 530, 8, 1_600_000, 24.9502, 60.1727, 440, "streets"],
  ["Makasiini quay, phase 2", "Eteläranta", johan, "write", johan, 670, 26, 9_100_000, 24.9490, 60.1655, 460, "buildings"],
  ["Töölönlahti shore", "", elina, "write", elina, 900, 17, 6_300_000, 24.9383, 60.1745, 520, "water"],
  ["Cycle network, winter upkeep", "All main routes", aino, "write", pekka, 11_000, 63, 12_400_000, 24.9400, 60.1690, 640, "streets"],
];

const DAY = 86_400;

/** So many projects, saved before `now`; the first few are told by hand. */
export function inventProjects(many: number, now: number): Summary[] {
  return Array.from({ length: many }, (_, n) => {
    const [name, description, owner, access, author, hours, number, bytes] = LINES[n % LINES.length] as Line;
    const again = Math.floor(n / LINES.length);
    return {
      id: (n + 1).toString(16).padStart(32, "0"), name: again === 0 ? name : `${name} ${again + 1}`, description, owner, access,
      latest: { number, author, saved_at: Math.floor(now - hours * 3600 - again * 3 * DAY), note: "", bytes },
    };
  });
}

/** The part of town that a project is about. */
export function viewOf(id: string): View {
  const n = Number.parseInt(id, 16) - 1;
  const [, , , , , , , , longitude, latitude, metres, subject] = LINES[n % LINES.length] as Line;
  const aside = Math.floor(n / LINES.length) % 5;
  return { longitude: longitude + aside * 0.0006, latitude: latitude - aside * 0.0003, metres, subject };
}

export const PROJECTS = LINES.length;
