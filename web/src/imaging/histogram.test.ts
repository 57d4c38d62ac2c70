import { describe, expect, it } from "vitest";
import { countHistogram, countTones } from "./histogram";
import type { Pixels } from "./pixels";

const of = (channels: 1 | 3 | 4, ...data: number[]): Pixels => ({
  width: data.length / channels,
  height: 1,
  channels,
  data: Uint8ClampedArray.from(data),
});
const found = (counts: Float64Array) => [...counts.entries()].filter(([, count]) => count);

describe("counts of tones", () => {
  it("take the largest of red, green and blue as value", () => {
    expect(found(countTones(of(3, 1, 5, 3, 9, 2, 4), "value"))).toEqual([
      [5, 1],
      [9, 1],
    ]);
  });

  it("weigh luminance as green most and blue least", () => {
    const pixels = of(3, 255, 0, 0, 0, 255, 0, 0, 0, 255);
    expect(found(countTones(pixels, "luminance"))).toEqual([
      [15, 1],
      [57, 1],
      [183, 1],
    ]);
  });

  it("count each pixel as its alpha, but for alpha itself", () => {
    const pixels = of(4, 7, 0, 0, 0, 8, 0, 0, 128);
    expect(found(countTones(pixels, "red"))).toEqual([[8, 128]]);
    expect(found(countTones(pixels, "alpha"))).toEqual([
      [0, 1],
      [128, 1],
    ]);
  });

  it("are alike in all channels of grey", () => {
    const { value, red, blue } = countHistogram(of(1, 3, 3));
    expect(found(value)).toEqual([[3, 2]]);
    expect([red, blue]).toEqual([value, value]);
  });

  it("refuse a channel that is not there", () => {
    expect(() => countTones(of(1, 3), "red")).toThrow("greyscale");
    expect(() => countTones(of(3, 1, 2, 3), "alpha")).toThrow("no alpha");
  });
});
