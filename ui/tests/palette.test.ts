import { describe, expect, test } from "vitest";
import { match, pieces, rank } from "../src/lib/frame/palette";

const entries = [
  "Helsinki, city centre", "Kaisaniemi street trees 2027", "Station square, summer layout", "Esplanadi accessibility",
  "Stationsplein", "Mäkelä quay, phase 2", "Settings: appearance",
].map((label) => ({ label }));
const found = (typed: string) => rank(entries, typed, 10).map(({ entry }) => entry.label);

describe("what a person may mean", () => {
  test("is found by the beginnings of words", () => {
    expect(found("kais")).toEqual(["Kaisaniemi street trees 2027"]);
    expect(found("sta squ")).toEqual(["Station square, summer layout"]);
    expect(found("2027")).toEqual(["Kaisaniemi street trees 2027"]);
  });

  test("is found by first letters", () => {
    expect(found("hcc")).toEqual(["Helsinki, city centre"]);
    expect(found("kst")).toEqual(["Kaisaniemi street trees 2027"]);
  });

  test("is found with words in any order, without capitals and accents", () => {
    expect(found("centre HELS")).toEqual(["Helsinki, city centre"]);
    expect(found("makela")).toEqual(["Mäkelä quay, phase 2"]);
    expect(found("MÄKELÄ")).toEqual(["Mäkelä quay, phase 2"]);
  });

  test("is found within a word by three letters, after all that begin so", () => {
    expect(found("plein")).toEqual(["Stationsplein"]);
    expect(found("le")).toEqual([]);
    expect(rank([{ label: "A great area" }, { label: "Area" }], "area", 5)[0]?.entry.label).toBe("Area");
  });

  test("is everything, in its order, when nothing is typed", () => {
    expect(found(" ")).toEqual(entries.map(({ label }) => label));
  });

  test("is nothing when one of the words is not there", () => {
    expect(found("helsinki xyz")).toEqual([]);
    expect(match("x", "Helsinki")).toBeNull();
  });

  test("a label that begins so comes first", () => {
    expect(found("s")[0]).toMatch(/^S/);
    expect(found("st")[0]).toBe("Stationsplein");
  });
});

test("the letters that were meant are marked, in the label's own writing", () => {
  const label = "Mäkelä quay, phase 2";
  expect(pieces(label, match("mak qu", label)?.marks ?? [])).toEqual([
    { text: "Mäk", meant: true }, { text: "elä ", meant: false }, { text: "qu", meant: true }, { text: "ay, phase 2", meant: false },
  ]);
});

test("a long name full of the same letter is matched in no time", () => {
  const began = performance.now();
  match("aaaaaaaaaaaaaaaaaaaab", "a ".repeat(60));
  expect(performance.now() - began).toBeLessThan(200);
});
