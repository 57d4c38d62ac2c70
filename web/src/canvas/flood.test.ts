import { describe, expect, it } from "vitest";
import { flood } from "./flood";
import { imagePoint, isEmpty, type Rect } from "./geometry";
import { createRaster, fillRect, pixelAt, type Raster } from "./raster";

const size = { width: 30, height: 20 };

/** A white picture with a black frame of two pixels. */
function framed(frame: Rect): Raster {
  const raster = createRaster(size, 4);
  fillRect(raster, { x: 0, y: 0, ...size }, [255, 255, 255, 255]);
  fillRect(raster, frame, [0, 0, 0, 255]);
  fillRect(raster, { x: frame.x + 2, y: frame.y + 2, width: frame.width - 4, height: frame.height - 4 }, [255, 255, 255, 255]);
  return raster;
}

describe("flood", () => {
  it("stays within an outline, and creeps one pixel under it", () => {
    const cover = createRaster(size, 1);
    const rect = flood(cover, framed({ x: 5, y: 4, width: 12, height: 10 }), imagePoint(10, 8));
    expect(rect).toEqual({ x: 6, y: 5, width: 10, height: 8 });
    const covered = cover.data.filter((value) => value > 0).length;
    expect(covered).toBe(10 * 8);
  });

  it("goes around corners, over the whole outside", () => {
    const cover = createRaster(size, 1);
    flood(cover, framed({ x: 5, y: 4, width: 12, height: 10 }), imagePoint(0, 0));
    expect(pixelAt(cover, 29, 19)).toEqual([255]);
    expect(pixelAt(cover, 10, 8)).toEqual([0]);
  });

  it("takes colours that nearly match, and no others", () => {
    const raster = createRaster(size, 4);
    fillRect(raster, { x: 0, y: 0, width: 10, height: 20 }, [100, 100, 100, 255]);
    fillRect(raster, { x: 10, y: 0, width: 10, height: 20 }, [110, 90, 105, 255]);
    fillRect(raster, { x: 20, y: 0, width: 10, height: 20 }, [100, 100, 180, 255]);
    const cover = createRaster(size, 1);
    flood(cover, raster, imagePoint(1, 1), 16);
    expect([5, 15, 25].map((x) => pixelAt(cover, x, 10)?.[0])).toEqual([255, 255, 0]);
  });

  it("does not ask for the colour of what is transparent", () => {
    const raster = createRaster(size, 4);
    fillRect(raster, { x: 15, y: 0, width: 15, height: 20 }, [255, 0, 0, 0]);
    const cover = createRaster(size, 1);
    flood(cover, raster, imagePoint(1, 1));
    expect(cover.data.every((value) => value === 255)).toBe(true);
  });

  it("fills a ring painted into a mask", () => {
    const mask = createRaster(size, 1);
    fillRect(mask, { x: 5, y: 5, width: 10, height: 10 }, [255]);
    fillRect(mask, { x: 7, y: 7, width: 6, height: 6 }, [0]);
    const cover = createRaster(size, 1);
    expect(flood(cover, mask, imagePoint(9, 9))).toEqual({ x: 6, y: 6, width: 8, height: 8 });
  });

  it("fills nothing from outside the picture", () => {
    const cover = createRaster(size, 1);
    expect(isEmpty(flood(cover, createRaster(size, 4), imagePoint(-1, 3)))).toBe(true);
  });
});
