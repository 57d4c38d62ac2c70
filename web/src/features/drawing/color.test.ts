import { describe, expect, it } from "vitest";
import { readHex, toHex } from "./color";

describe("colours", () => {
  it.each([["#3fa02b", [63, 160, 43]], [" 3FA02B ", [63, 160, 43]], ["fff", [255, 255, 255]]] as const)("are read from %j", (text, color) => {
    expect(readHex(text)).toEqual(color);
  });

  it.each(["", "#12", "green", "#12345g", "1234567"])("are not read from %j", (text) => {
    expect(readHex(text)).toBeUndefined();
  });

  it("are written with six digits", () => {
    expect(toHex([1, 255, 16])).toBe("#01ff10");
  });
});
