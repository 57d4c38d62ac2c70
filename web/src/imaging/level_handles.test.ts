import { describe, expect, it } from "vitest";
import { gammaAt, gammaPosition, highAt, lowAt } from "./level_handles";

describe("the middle handle of levels", () => {
  it.each([
    [1, 0.5],
    [10, 0],
    [0.1, 1],
  ])("stands for gamma %d at %d between black and white", (gamma, position) => {
    expect(gammaPosition(0, 1, gamma)).toBeCloseTo(position, 12);
    expect(gammaAt(position, 0, 1)).toBe(gamma);
  });

  it.each([0.13, 0.5, 1, 1.27, 2.2, 7.5])("gives back gamma %d where it was put", (gamma) => {
    expect(gammaAt(gammaPosition(0.2, 0.7, gamma), 0.2, 0.7)).toBe(gamma);
  });

  it("moves with the limits and keeps its gamma", () => {
    expect(gammaPosition(0.4, 0.6, 1)).toBeCloseTo(0.5);
    expect(gammaPosition(0, 0.5, 1)).toBeCloseTo(0.25);
  });

  it("stands still where the limits meet", () => {
    expect(gammaPosition(0.3, 0.3, 2)).toBe(0.3);
    expect(gammaAt(0.3, 0.3, 0.3)).toBe(1);
  });
});

describe("the limits of levels", () => {
  it("do not pass one another", () => {
    expect(lowAt(0.9, 0.5)).toBeCloseTo(0.5 - 1 / 255);
    expect(highAt(0.1, 0.5)).toBeCloseTo(0.5 + 1 / 255);
  });

  it("stay between black and white", () => {
    expect(lowAt(-1, 0.5)).toBe(0);
    expect(highAt(2, 0.5)).toBe(1);
    expect(highAt(0, 1)).toBe(1);
  });
});
