import { describe, expect, it } from "vitest";
import { readNumber, stepped } from "./number";

const whole = { min: 1, max: 150, step: 1 };
const fine = { min: 0, max: 1, step: 0.05 };

describe("readNumber", () => {
  it("takes a comma for a point", () => {
    expect(readNumber("0,5", fine)).toEqual({ value: 0.5, problem: "" });
  });

  it.each([
    ["", "Enter a number."],
    ["abc", "Enter a number."],
    ["NaN", "Enter a number."],
    ["0", "From 1 to 150."],
    ["1e9", "From 1 to 150."],
    ["2.5", "Enter a whole number."],
  ])("refuses %j with a sentence", (text, problem) => {
    expect(readNumber(text, whole)).toEqual({ problem });
  });

  it("names the multiple that a size must be of", () => {
    expect(readNumber("100", { min: 0, max: 512, step: 8 }).problem).toBe("Enter a multiple of 8.");
  });
});

describe("stepped", () => {
  it("leaves no dust of binary fractions", () => {
    expect(stepped(0.1, 4, fine)).toBe(0.3);
  });

  it("stays within the limits", () => {
    expect(stepped(149, 10, whole)).toBe(150);
  });

  it("moves whole numbers by at least one, even by a tenth of a step", () => {
    expect(stepped(20, 0.1, whole)).toBe(21);
    expect(stepped(20, -0.1, whole)).toBe(19);
  });
});
