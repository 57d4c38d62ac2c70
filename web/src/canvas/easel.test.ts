import { describe, expect, it } from "vitest";
import { Easel, type Watcher } from "./easel";
import { imagePoint, screenPoint, type ImagePoint } from "./geometry";
import { Layer } from "./layer";
import { invert } from "./mask";
import { createRaster, fillRect, pixelAt, type Color } from "./raster";
import { changed } from "./stroke";
import type { ToolName } from "./tools";

const size = { width: 100, height: 80 };
const none = { shift: false, alt: false };

function contact(x: number, y: number) {
  return { at: imagePoint(x, y), on: screenPoint(x, y), pressure: 1 };
}

function setUp(channels: 1 | 4, count = 1) {
  const told: { draws: number; changes: number; outline: readonly ImagePoint[]; color: Color | undefined; moved: [number, number] } = {
    draws: 0, changes: 0, outline: [], color: undefined, moved: [0, 0],
  };
  const watcher: Watcher = {
    ondraw: () => (told.draws += 1),
    onchange: () => (told.changes += 1),
    onoutline: (corners) => (told.outline = corners),
    onpick: (color) => (told.color = color),
    onpan: (dx, dy) => (told.moved = [told.moved[0] + dx, told.moved[1] + dy]),
  };
  const layers = Array.from({ length: count }, () => new Layer(createRaster(size, channels)));
  const easel = new Easel(layers as [Layer, ...Layer[]], watcher);
  const draw = (tool: ToolName, points: [number, number][], held = none): void => {
    const [first, ...rest] = points.map(([x, y]) => contact(x, y));
    if (first) easel.down(tool, first, held);
    for (const point of rest) easel.move([point]);
    easel.up();
  };
  return { easel, layers, told, draw, at: (x: number, y: number) => pixelAt(easel.raster, x, y) };
}

describe("drawing a mask", () => {
  it("paints and erases, one change for each stroke", () => {
    const { easel, draw, told, at } = setUp(1);
    draw("brush", [[20, 40], [80, 40]]);
    expect(at(50, 40)).toEqual([255]);
    draw("eraser", [[50, 10], [50, 70]]);
    expect(at(50, 40)).toEqual([0]);
    expect(told.changes).toBe(2);
    easel.undo();
    expect(at(50, 40)).toEqual([255]);
    easel.undo();
    expect(at(50, 40)).toEqual([0]);
    easel.redo();
    expect(at(50, 40)).toEqual([255]);
  });

  it("fills what a lasso encloses, and empties it with Alt", () => {
    const { draw, at, told } = setUp(1);
    const loop: [number, number][] = [[10, 10], [60, 10], [60, 60], [10, 60]];
    draw("lasso", loop);
    expect(at(30, 30)).toEqual([255]);
    expect(told.outline).toEqual([]);
    draw("lasso", loop, { shift: false, alt: true });
    expect(at(30, 30)).toEqual([0]);
  });

  it("draws rectangles of whole pixels, and squares with Shift", () => {
    const { draw, at, easel } = setUp(1);
    draw("rectangle", [[40.2, 30.7], [20.5, 10.5]]);
    expect([at(20, 10), at(40, 30), at(41, 30), at(19, 10)]).toEqual([[255], [255], [0], [0]]);
    easel.apply(invert);
    expect(at(30, 20)).toEqual([0]);
    easel.undo();
    draw("rectangle", [[60, 10], [90, 14]], { shift: true, alt: false });
    expect(at(89, 39)).toEqual([255]);
  });

  it("fills a region inside what is painted", () => {
    const { draw, at, easel } = setUp(1);
    easel.brush = { size: 6, hardness: 1, opacity: 1, pressure: "none" };
    draw("brush", [[20, 20], [70, 20], [70, 20], [70, 60], [70, 60], [20, 60], [20, 60], [20, 20]]);
    draw("fill", [[45, 40]]);
    expect([at(45, 40), at(95, 75)]).toEqual([[255], [0]]);
  });
});

describe("drawing a sketch", () => {
  it("draws on the active layer only", () => {
    const { easel, layers, draw } = setUp(4, 2);
    easel.color = [200, 10, 10];
    draw("brush", [[20, 20], [80, 20]]);
    const [backdrop, sketch] = layers;
    expect(backdrop && pixelAt(backdrop.raster, 50, 20)).toEqual([0, 0, 0, 0]);
    expect(sketch && pixelAt(sketch.raster, 50, 20)).toEqual([200, 10, 10, 255]);
    if (backdrop) easel.activate(backdrop);
    draw("brush", [[20, 60], [80, 60]]);
    expect(backdrop && pixelAt(backdrop.raster, 50, 60)).toEqual([200, 10, 10, 255]);
  });

  it("undoes on the layer where it was drawn, whichever is active", () => {
    const { easel, layers, draw } = setUp(4, 2);
    draw("brush", [[20, 20], [80, 20]]);
    const [backdrop, sketch] = layers;
    if (backdrop) easel.activate(backdrop);
    const revision = sketch?.revision ?? 0;
    easel.undo();
    expect(sketch && pixelAt(sketch.raster, 50, 20)).toEqual([0, 0, 0, 0]);
    expect(sketch?.revision).toBeGreaterThan(revision);
  });

  it("changes several layers as one, and undoes them as one", () => {
    const { easel, layers, told } = setUp(4, 2);
    const rect = { x: 0, y: 0, ...size };
    easel.applyTo(layers, (raster) => changed(raster, rect, () => fillRect(raster, rect, [9, 9, 9, 255])));
    expect(layers.map(({ raster }) => pixelAt(raster, 50, 20))).toEqual([[9, 9, 9, 255], [9, 9, 9, 255]]);
    easel.undo();
    expect(layers.map(({ raster }) => pixelAt(raster, 50, 20))).toEqual([[0, 0, 0, 0], [0, 0, 0, 0]]);
    expect(told.changes).toBe(2);
  });

  it("takes up the colour that is seen, not that of the layer alone", () => {
    const { easel, layers, draw, told } = setUp(4, 2);
    const [backdrop] = layers;
    if (backdrop) fillRect(backdrop.raster, { x: 0, y: 0, ...size }, [1, 2, 3, 255]);
    draw("eyedropper", [[5, 5]]);
    expect(told.color).toEqual([1, 2, 3]);
    expect(easel.history.canUndo).toBe(false);
  });
});

describe("a tool", () => {
  it("that is cancelled leaves nothing", () => {
    const { easel, at, told } = setUp(1);
    easel.down("brush", contact(20, 40), none);
    easel.move([contact(80, 40)]);
    expect(at(50, 40)).not.toEqual([0]);
    easel.cancel();
    expect(at(50, 40)).toEqual([0]);
    easel.up();
    expect(told.changes).toBe(0);
    expect(easel.history.canUndo).toBe(false);
  });

  it("does nothing while the pen is up", () => {
    const { easel, told } = setUp(1);
    easel.move([contact(10, 10)]);
    easel.up();
    expect(told.draws).toBe(0);
  });

  it("moves the picture by as much as the pen", () => {
    const { draw, told } = setUp(1);
    draw("pan", [[10, 10], [15, 30], [40, 20]]);
    expect(told.moved).toEqual([30, 10]);
  });

  it("is let go of by undo", () => {
    const { easel, draw, at } = setUp(1);
    draw("brush", [[20, 20], [80, 20]]);
    easel.down("brush", contact(20, 60), none);
    easel.undo();
    expect([at(50, 20), at(20, 60)]).toEqual([[0], [0]]);
    expect(easel.isBusy).toBe(false);
  });
});
