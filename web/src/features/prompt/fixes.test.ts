import { describe, expect, it } from "vitest";
import { fixesFor } from "./fixes";

describe("a fix", () => {
  it.each([
    ["a (big cat, hat", 2, 1, ["a (big cat), hat", "a \\(big cat, hat", "a big cat, hat"]],
    ["a [cat", 2, 1, ["a [cat]", "a \\[cat", "a cat"]],
    ["a) b", 1, 1, ["a b", "a\\) b"]],
    ["[cat:1.2] b", 0, 9, ["(cat:1.2) b"]],
    ["[cat:dog]", 0, 9, ["[cat:dog:0.5]"]],
    ["[cat:dog:1]", 0, 11, ["[cat:dog:1.0]"]],
    ["a | b", 2, 1, ["a  b"]],
    ["a # note", 2, 6, ["a "]],
    ["unused", 0, 6, []],
  ])("of %j at %i is one click", (text, position, length, mended) => {
    expect(fixesFor(text, { position, length }).map((fix) => fix.text)).toEqual(mended);
  });

  it("counts characters as the server does, not halves of them", () => {
    expect(fixesFor("🍎🍎) b", { position: 2, length: 1 })[0]?.text).toBe("🍎🍎 b");
  });
});
