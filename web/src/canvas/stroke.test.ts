import { describe, expect, it } from "vitest";
import type { Brush, PenPoint } from "./brush";
import { imagePoint } from "./geometry";
import { createRaster, fillRect, pixelAt } from "./raster";
import { Stroke } from "./stroke";

const size = { width: 200, height: 160 };
const brush: Brush = { size: 20, hardness: 1, opacity: 1, pressure: "none" };
const pen = (x: number, y: number): PenPoint => ({ at: imagePoint(x, y), pressure: 1 });

describe("a stroke", () => {
  it("paints a mask white", () => {
    const [mask, cover] = [createRaster(size, 1), createRaster(size, 1)];
    const stroke = new Stroke(mask, cover, brush, { value: [255], opacity: 1 });
    stroke.to([pen(20, 50), pen(120, 50)]);
    stroke.end();
    expect(pixelAt(mask, 70, 50)).toEqual([255]);
    expect(pixelAt(mask, 119, 50)).toEqual([255]);
    expect(pixelAt(mask, 70, 65)).toEqual([0]);
  });

  it("is no darker where it crosses itself", () => {
    const [sketch, cover] = [createRaster(size, 4), createRaster(size, 1)];
    fillRect(sketch, { x: 0, y: 0, ...size }, [255, 255, 255, 255]);
    const stroke = new Stroke(sketch, cover, brush, { value: [0, 0, 0], opacity: 0.5 });
    for (let turn = 0; turn < 6; turn += 1) stroke.to([pen(20, 50), pen(120, 50)]);
    stroke.end();
    expect(pixelAt(sketch, 70, 50)).toEqual([128, 128, 128, 255]);
  });

  it("is darker where another crosses it", () => {
    const [sketch, cover] = [createRaster(size, 4), createRaster(size, 1)];
    fillRect(sketch, { x: 0, y: 0, ...size }, [255, 255, 255, 255]);
    for (let turn = 0; turn < 2; turn += 1) {
      const stroke = new Stroke(sketch, cover, brush, { value: [0, 0, 0], opacity: 0.5 });
      stroke.to([pen(20, 50), pen(120, 50)]);
      stroke.end();
    }
    expect(pixelAt(sketch, 70, 50)).toEqual([64, 64, 64, 255]);
  });

  it("keeps its colour where a layer was empty", () => {
    const [sketch, cover] = [createRaster(size, 4), createRaster(size, 1)];
    const stroke = new Stroke(sketch, cover, brush, { value: [200, 40, 10], opacity: 0.5 });
    stroke.to([pen(50, 50)]);
    stroke.end();
    expect(pixelAt(sketch, 50, 50)).toEqual([200, 40, 10, 128]);
  });

  it("takes away what is there and leaves its colour alone", () => {
    const [sketch, cover] = [createRaster(size, 4), createRaster(size, 1)];
    fillRect(sketch, { x: 0, y: 0, ...size }, [200, 40, 10, 255]);
    const stroke = new Stroke(sketch, cover, brush, { value: undefined, opacity: 1 });
    stroke.to([pen(50, 50)]);
    stroke.end();
    expect(pixelAt(sketch, 50, 50)).toEqual([200, 40, 10, 0]);
    expect(pixelAt(sketch, 80, 50)).toEqual([200, 40, 10, 255]);
  });

  it("tells what it changed, and changed nothing else", () => {
    const [mask, cover] = [createRaster(size, 1), createRaster(size, 1)];
    const stroke = new Stroke(mask, cover, brush, { value: [255], opacity: 1 });
    const rect = stroke.to([pen(60, 60)]);
    fillRect(mask, rect, [0]);
    expect(mask.data.every((value) => value === 0)).toBe(true);
    expect(rect.width).toBeLessThanOrEqual(22);
  });

  it("can be taken back as a whole, and done again", () => {
    const [mask, cover] = [createRaster(size, 1), createRaster(size, 1)];
    const stroke = new Stroke(mask, cover, brush, { value: [255], opacity: 1 });
    stroke.to([pen(20, 50)]);
    stroke.to([pen(150, 140), pen(180, 10)]);
    const { change } = stroke.end();
    const after = mask.data.join();
    change.toggle();
    expect(mask.data.every((value) => value === 0)).toBe(true);
    change.toggle();
    expect(mask.data.join()).toBe(after);
  });

  it("leaves nothing behind when it is cancelled", () => {
    const [mask, cover] = [createRaster(size, 1), createRaster(size, 1)];
    const stroke = new Stroke(mask, cover, brush, { value: [255], opacity: 1 });
    stroke.to([pen(20, 50), pen(150, 140)]);
    stroke.cancel();
    expect(mask.data.every((value) => value === 0)).toBe(true);
    expect(cover.data.every((value) => value === 0)).toBe(true);
  });

  it("leaves the coverage empty for the next", () => {
    const [mask, cover] = [createRaster(size, 1), createRaster(size, 1)];
    const stroke = new Stroke(mask, cover, brush, { value: [255], opacity: 1 });
    stroke.to([pen(20, 50), pen(150, 140)]);
    stroke.end();
    expect(cover.data.every((value) => value === 0)).toBe(true);
  });
});
