import { expect, it } from "vitest";
import { shade } from "./shade";

it("grows with the weight, and stays so pale that words can be read on it", () => {
  const shades = [-1, 0, 0.5, 0.9, 1, 1.1, 1.5, 5].map(shade);
  expect(shades).toEqual([...shades].sort((a, b) => a - b));
  expect(shades.at(0)).toBeGreaterThan(0);
  expect(shades.at(-1)).toBeLessThan(50);
  expect(shade(1.1)).toBeGreaterThan(shade(1));
});
