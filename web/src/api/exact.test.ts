import { describe, expect, it } from "vitest";
import { formatExact, parseExact } from "./exact";

describe("exact JSON", () => {
  it("writes a seed beyond JavaScript's numbers as the number it is", () => {
    expect(formatExact({ seed: 18446744073709551615n, steps: 20 })).toBe('{"seed":18446744073709551615,"steps":20}');
  });

  it("leaves a text that looks like its own mark alone", () => {
    expect(formatExact({ prompt: '"#x:0" 12n', seed: 1n })).toBe('{"prompt":"\\"#x:0\\" 12n","seed":1}');
  });

  it("reads ordinary values as JSON does", () => {
    const value = { a: [1, 2.5, -3, null, true], b: { c: "x" } };
    expect(parseExact(JSON.stringify(value))).toEqual(value);
  });

  // Node 20 gives a reviver no source text; browsers do.
  it.skipIf(!readsSources())("reads a seed beyond JavaScript's numbers without loss", () => {
    expect(parseExact('{"seed":18446744073709551615}')).toEqual({ seed: 18446744073709551615n });
  });
});

function readsSources(): boolean {
  let has = false;
  JSON.parse("1", ((_key: string, value: unknown, context?: object) => {
    has = context !== undefined;
    return value;
  }) as (key: string, value: unknown) => unknown);
  return has;
}
