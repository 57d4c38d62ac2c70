import { expect, it } from "vitest";
import { unitsAt } from "./places";

it("finds a place behind characters that count twice in the browser", () => {
  expect(unitsAt("🍎 (a", 2)).toBe(3);
  expect(unitsAt("abc", 2)).toBe(2);
  expect(unitsAt("abc", 9)).toBe(3);
});
