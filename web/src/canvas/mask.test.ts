import { describe, expect, it } from "vitest";
import { clear, feather, invert } from "./mask";
import { createRaster, fillRect, pixelAt, type Raster } from "./raster";

const size = { width: 80, height: 60 };

function square(): Raster {
  const mask = createRaster(size, 1);
  fillRect(mask, { x: 30, y: 20, width: 20, height: 20 }, [255]);
  return mask;
}

describe("masks", () => {
  it("are turned around, and back by undo", () => {
    const mask = square();
    const change = invert(mask);
    expect([pixelAt(mask, 0, 0), pixelAt(mask, 40, 30)]).toEqual([[255], [0]]);
    change.toggle();
    expect(mask.data.join()).toBe(square().data.join());
  });

  it("are emptied, and come back", () => {
    const mask = square();
    const change = clear(mask);
    expect(mask.data.every((value) => value === 0)).toBe(true);
    change.toggle();
    expect(mask.data.join()).toBe(square().data.join());
  });

  it("are softened evenly to all sides, over no more than the reach", () => {
    const mask = square();
    feather(mask, 6);
    const row = (x: number): number => pixelAt(mask, x, 30)?.[0] ?? -1;
    expect(row(23)).toBe(0);
    expect(row(24)).toBeGreaterThan(0);
    expect(Math.abs(row(29) + row(30) - 255)).toBeLessThanOrEqual(1);
    expect(row(28)).toBe(row(51));
    expect(pixelAt(mask, 40, 18)).toEqual(pixelAt(mask, 28, 30));
    expect(row(40)).toBe(255);
  });

  it("keep what they cover when softened", () => {
    const mask = square();
    const before = mask.data.reduce((sum, value) => sum + value, 0);
    feather(mask, 6);
    expect(mask.data.reduce((sum, value) => sum + value, 0) / before).toBeCloseTo(1, 2);
  });

  it("stay empty when softened", () => {
    const mask = createRaster(size, 1);
    feather(mask, 6);
    expect(mask.data.every((value) => value === 0)).toBe(true);
  });
});
