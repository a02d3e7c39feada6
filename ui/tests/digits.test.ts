import { describe, expect, test } from "vitest";
import { cellOf, digitsOf, isWhole } from "$lib/digits";

describe("what belongs into the code field", () => {
  test.each([
    ["123456", "123456"],
    ["123 456", "123456"],
    [" 123-456\n", "123456"],
    ["code: 123456.", "123456"],
    ["１２３４５６", "123456"],
    ["12a3", "123"],
    ["1234567", "123456"],
    ["abc", ""],
    ["", ""],
  ])("%j is %j", (typed, code) => expect(digitsOf(typed)).toBe(code));

  test("it is whole at the sixth digit and not before", () => {
    expect(isWhole("12345")).toBe(false);
    expect(isWhole("123456")).toBe(true);
  });

  test("the caret stands in the next empty cell, and in the last when all are full", () => {
    expect(cellOf(0)).toBe(0);
    expect(cellOf(3)).toBe(3);
    expect(cellOf(6)).toBe(5);
    expect(cellOf(-1)).toBe(0);
  });
});
