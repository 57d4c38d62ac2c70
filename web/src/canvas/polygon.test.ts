import { describe, expect, it } from "vitest";
import { imagePoint, isEmpty } from "./geometry";
import { coverPolygon } from "./polygon";
import { createRaster } from "./raster";

const size = { width: 40, height: 40 };
const points = (...pairs: [number, number][]) => pairs.map(([x, y]) => imagePoint(x, y));

function area(corners: ReturnType<typeof points>): number {
  const cover = createRaster(size, 1);
  coverPolygon(cover, corners);
  return cover.data.reduce((sum, value) => sum + value, 0) / 255;
}

describe("a polygon", () => {
  it("covers whole pixels wholly", () => {
    const cover = createRaster(size, 1);
    expect(coverPolygon(cover, points([3, 4], [10, 4], [10, 9], [3, 9]))).toEqual({ x: 3, y: 4, width: 7, height: 5 });
    expect(new Set(cover.data)).toEqual(new Set([0, 255]));
    expect(cover.data.filter((value) => value).length).toBe(35);
  });

  it("covers its area, whichever way round it was drawn", () => {
    const triangle = points([2, 2], [35, 9], [11, 37]);
    const exact = Math.abs((35 - 2) * (37 - 2) - (11 - 2) * (9 - 2)) / 2;
    expect(area(triangle) / exact).toBeCloseTo(1, 2);
    expect(area(triangle.toReversed())).toBeCloseTo(area(triangle), 5);
  });

  it("covers what it encloses twice", () => {
    const star = points([20, 2], [31, 35], [2, 14], [38, 14], [9, 35]);
    const cover = createRaster(size, 1);
    coverPolygon(cover, star);
    expect(cover.data[20 * 40 + 20]).toBe(255);
  });

  it("is cut at the edges of the picture", () => {
    expect(area(points([-50, -50], [90, -50], [90, 90], [-50, 90]))).toBe(1600);
  });

  it("needs three corners", () => {
    expect(isEmpty(coverPolygon(createRaster(size, 1), points([1, 1], [9, 9])))).toBe(true);
  });
});
