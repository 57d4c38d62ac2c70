import { expect, it } from "vitest";
import { createRaster, fillRect, pixelAt } from "./raster";
import { seamRing } from "./seam";

it("glows along the mask's edge, and neither inside nor outside", () => {
  const mask = createRaster({ width: 80, height: 60 }, 1);
  fillRect(mask, { x: 20, y: 15, width: 40, height: 30 }, [255]);
  const before = mask.data.join();
  const ring = seamRing(mask, 4);
  expect(pixelAt(ring, 19, 30)?.[0]).toBeGreaterThan(150);
  expect(pixelAt(ring, 40, 30)).toEqual([0]);
  expect(pixelAt(ring, 5, 30)).toEqual([0]);
  expect(mask.data.join()).toBe(before);
});
