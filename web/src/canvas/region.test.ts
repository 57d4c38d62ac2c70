import { describe, expect, it } from "vitest";
import fixture from "../../../fixtures/masking/regions.json";
import { isEmpty, type Rect } from "./geometry";
import { createRaster, fillRect, type Raster } from "./raster";
import { bounds, maskedRegion, widened } from "./region";

function sides(rect: Rect): number[] | null {
  return isEmpty(rect) ? null : [rect.x, rect.y, rect.x + rect.width, rect.y + rect.height];
}

function painted([width, height]: readonly number[], rects: readonly (readonly number[])[]): Raster {
  const mask = createRaster({ width: width ?? 0, height: height ?? 0 }, 1);
  for (const [left = 0, top = 0, right = 0, bottom = 0, value = 0] of rects) {
    fillRect(mask, { x: left, y: top, width: right - left, height: bottom - top }, [value]);
  }
  return mask;
}

describe("the region of 'only masked'", () => {
  it.each(fixture.cases)("is the server's: $rects in $size, blur $blur, padding $padding", (given) => {
    const mask = painted(given.size, given.rects);
    const region = maskedRegion(mask, given);
    expect(sides(region)).toEqual(given.region);
    if (isEmpty(region)) return;
    const [width = 0, height = 0] = given.painted;
    expect(sides(widened(region, { width, height }, mask))).toEqual(given.widened);
  });

  it("leaves the mask as it is", () => {
    const mask = painted([20, 10], [[3, 3, 6, 6, 255]]);
    const before = mask.data.slice();
    maskedRegion(mask, { blur: 3, invert: true, padding: 0 });
    expect(mask.data).toEqual(before);
  });
});

describe("bounds", () => {
  it("finds a single pixel", () => {
    expect(bounds(painted([20, 10], [[7, 3, 8, 4, 1]]))).toEqual({ x: 7, y: 3, width: 1, height: 1 });
  });

  it("is empty for a black mask", () => {
    expect(isEmpty(bounds(painted([20, 10], [])))).toBe(true);
  });
});
