import { describe, expect, it } from "vitest";
import { coveringFactor, forecast, tileGrid } from "./forecast";

const MB = 1e6;
const network = { factor: 4, cropped: undefined, tile: 192, overlap: 32, scale: 4 };

describe("tiles", () => {
  it.each([
    [128, 208, 192, 32, 1],
    [36, 1024, 192, 32, 1],
    [193, 192, 192, 32, 2],
    [5000, 5000, 0, 32, 1],
    [560, 376, 192, 8, 6],
    [4096, 4096, 192, 32, 676],
  ])("of %dx%d, at most %d long and sharing %d, are %d", (width, height, tile, overlap, count) => {
    expect(tileGrid({ width, height }, tile, overlap).count).toBe(count);
  });

  it("are no larger than they need to be", () => {
    expect(tileGrid({ width: 560, height: 376 }, 192, 8)).toEqual({ width: 192, height: 192, count: 6 });
    expect(tileGrid({ width: 200, height: 200 }, 192, 32)).toEqual({ width: 116, height: 116, count: 4 });
  });
});

describe("the forecast of an enlargement", () => {
  it("rounds the result down to multiples of 8", () => {
    expect(forecast({ width: 101, height: 50 }, { ...network, factor: 2 }).target).toEqual({ width: 200, height: 96 });
  });

  it("keeps what is cropped to", () => {
    const cropped = { width: 300, height: 200 };
    expect(forecast({ width: 100, height: 100 }, { ...network, factor: 3, cropped }).target).toEqual(cropped);
  });

  it("counts the tiles of every pass", () => {
    expect(forecast({ width: 100, height: 100 }, { ...network, factor: 8 }).tiles).toBe(1 + tileGrid({ width: 400, height: 400 }, 192, 32).count);
  });

  it("takes one pass where the picture is large enough already, by a factor of 1", () => {
    expect(forecast({ width: 64, height: 64 }, { ...network, factor: 1 }).tiles).toBe(1);
    expect(forecast({ width: 64, height: 64 }, { ...network, factor: 0.5 }).tiles).toBe(0);
  });

  it("comes near the memory that was measured, less the 400 MB of the program", () => {
    const large = { width: 4096, height: 4096 };
    const within = (bytes: number, measured: number) => expect(Math.abs(bytes / MB + 400 - measured)).toBeLessThan(150);
    within(forecast(large, network).bytes, 1565);
    within(forecast(large, { ...network, factor: 3.5 }).bytes, 2660);
    within(forecast(large, { ...network, scale: 0 }).bytes, 1477);
  });
});

it("a size is covered by the larger of its two factors, and by the one where only one side is given", () => {
  expect(coveringFactor({ width: 100, height: 50 }, { width: 200, height: 200 })).toBe(4);
  expect(coveringFactor({ width: 100, height: 50 }, { width: 300, height: 0 })).toBe(3);
});
