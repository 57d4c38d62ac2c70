import { describe, expect, it } from "vitest";
import { readSeed, seedOf } from "./seed";

describe("reading a seed", () => {
  it("keeps every digit up to 2^64 - 1", () => {
    expect(readSeed("18446744073709551615")).toBe(18446744073709551615n);
    expect(readSeed("9007199254740993")).toBe(9007199254740993n);
    expect(readSeed(" 42 ")).toBe(42);
  });

  it("takes nothing, and -1, for one at random", () => {
    expect(readSeed("")).toBe(-1);
    expect(readSeed("-1")).toBe(-1);
  });

  it.each(["18446744073709551616", "1.5", "-2", "apple", "1e5"])("does not take %s", (text) => {
    expect(readSeed(text)).toBeUndefined();
  });
});

describe("the seed of a batch's picture", () => {
  it("counts up from the first", () => {
    expect(seedOf(5, 2)).toBe(7);
    expect(seedOf(9007199254740991, 1)).toBe(9007199254740992n);
  });

  it("begins anew at the end", () => {
    expect(seedOf(18446744073709551615n, 1)).toBe(0);
  });

  it("stays random where the first is", () => {
    expect(seedOf(-1, 3)).toBe(-1);
  });
});
