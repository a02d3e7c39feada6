import { describe, expect, test } from "vitest";
import type { Colleague } from "../src/lib/bindings/Colleague";
import { actsOn, countsOf, isAsked, isEmail, matching, pressed, sorted, stateOf, type Order } from "../src/screens/people/arrange";
import { read } from "./sources";

const person = (name: string, more: Partial<Colleague> = {}): Colleague => ({
  user: name.toLowerCase(), name, email: `${name.toLowerCase()}@hel.example`, role: "editor", invited: false, code_until: null, off: false,
  second_step: true, closed: null, last_seen: 100, ...more,
});
const names = (people: readonly Colleague[]) => people.map(({ name }) => name);
const acts = (who: Colleague, me = "leena") => actsOn(who, me).map(({ act, why }) => (why === null ? act : `${act}: ${why}`));

describe("how somebody stands", () => {
  test("is the one thing that matters most", () => {
    expect(stateOf(person("Aino"))).toBe("active");
    expect(stateOf(person("Aino", { invited: true }))).toBe("invited");
    expect(stateOf(person("Aino", { closed: { until: null } }))).toBe("closed");
    expect(stateOf(person("Aino", { closed: { until: 5 }, invited: true, off: true }))).toBe("off");
  });

  test("is counted, each person once", () => {
    const counts = countsOf([person("A"), person("B", { off: true, invited: true }), person("C", { invited: true })]);
    expect(counts).toEqual({ all: 3, active: 1, invited: 1, closed: 0, off: 1 });
  });
});

describe("what a manager may do about somebody", () => {
  test("is what there is to do, and no more", () => {
    expect(acts(person("Aino"))).toEqual(["second-step", "off"]);
    expect(acts(person("Aino", { second_step: false }))).toEqual(["off"]);
    expect(acts(person("Aino", { invited: true, second_step: false }))).toEqual(["letter", "off"]);
    expect(acts(person("Aino", { closed: { until: 5 }, off: true }))).toEqual(["unlock", "second-step", "on"]);
  });

  test("leaves other managers' second steps and oneself alone, and says why", () => {
    expect(acts(person("Maija", { role: "manager" }))).toEqual(["second-step: manager", "off"]);
    expect(acts(person("Leena", { role: "manager", closed: { until: null } }))).toEqual(["unlock", "second-step: self", "off: self"]);
  });

  test("is asked about where somebody would feel it", () => {
    expect((["letter", "unlock", "second-step", "off", "on"] as const).filter(isAsked)).toEqual(["second-step", "off"]);
  });

  test("has words for each act, in the menu and afterwards, and for each reason why not", () => {
    for (const language of ["en", "nl"]) {
      const words = read(`src/lib/fluent/people.${language}.ftl`);
      for (const act of ["letter", "unlock", "second-step", "off", "on"]) {
        expect(words).toMatch(new RegExp(`^people-act-${act} = `, "m"));
        expect(words).toMatch(new RegExp(`^people-done-${act} = `, "m"));
      }
      const everybody = [person("Leena", { role: "manager" }), person("Leena", { off: true }), person("Maija", { role: "manager" })];
      for (const { act, why } of everybody.flatMap((each) => actsOn(each, "leena"))) {
        if (why !== null) expect(words).toMatch(new RegExp(`^people-why-${act}-${why} = `, "m"));
      }
    }
  });
});

describe("who is meant", () => {
  const people = [person("Åsa Berg"), person("Mikael"), person("Sanna", { invited: true })];

  test("is found by name and e-mail, without case and accents, word by word", () => {
    expect(names(matching(people, "all", " BERG asa "))).toEqual(["Åsa Berg"]);
    expect(names(matching(people, "all", "mikael@hel"))).toEqual(["Mikael"]);
    expect(names(matching(people, "all", ""))).toHaveLength(3);
    expect(names(matching(people, "all", "mikael berg"))).toEqual([]);
  });

  test("is only who stands so, where that was chosen", () => {
    expect(names(matching(people, "invited", ""))).toEqual(["Sanna"]);
    expect(names(matching(people, "off", ""))).toEqual([]);
  });
});

describe("the order", () => {
  const people = [
    person("Örjan", { role: "viewer", last_seen: 5 }), person("aino", { role: "manager", last_seen: null }),
    person("Zoe", { off: true, last_seen: 9, second_step: false }), person("Bo", { invited: true, last_seen: null }),
  ];
  const by = (order: Order, down = false) => names(sorted(people, { order, down }, "sv-FI"));

  test("is by name as the person's language has it", () => {
    expect(by("name")).toEqual(["aino", "Bo", "Zoe", "Örjan"]);
    expect(by("name", true)).toEqual(["Örjan", "Zoe", "Bo", "aino"]);
  });

  test("has first who can do most, was here last, or wants something done; equal ones stand by name either way", () => {
    expect(by("role")).toEqual(["aino", "Bo", "Zoe", "Örjan"]);
    expect(by("seen")).toEqual(["Zoe", "Örjan", "aino", "Bo"]);
    expect(by("seen", true)).toEqual(["aino", "Bo", "Örjan", "Zoe"]);
    expect(by("state")).toEqual(["Zoe", "Bo", "aino", "Örjan"]);
    expect(by("step")).toEqual(["aino", "Bo", "Örjan", "Zoe"]);
  });

  test("turns round when its heading is pressed again", () => {
    const once = pressed({ order: "name", down: true }, "seen");
    expect([once, pressed(once, "seen"), pressed(pressed(once, "seen"), "seen")]).toEqual([
      { order: "seen", down: false }, { order: "seen", down: true }, { order: "seen", down: false },
    ]);
  });
});

test("what can be no e-mail is known before it is sent", () => {
  for (const right of ["a@b", " noora.laine@hel.example "]) expect(isEmail(right), right).toBe(true);
  for (const wrong of ["", "noora", "@hel.example", "noora@", "a@b@c", "noora laine@hel.example"]) expect(isEmail(wrong), wrong).toBe(false);
});

test("People is offered to a domain's managers and to nobody else", () => {
  const menu = read("src/lib/frame/PersonMenu.svelte");
  const palette = read("src/lib/frame/entries.ts");
  for (const source of [menu, palette]) expect(source).toMatch(/manages\(frame\.me\) \? \[\{[^\]]*frame\.people\(\)/);
});
