import { describe, expect, it } from "vitest";
import { whole } from "./geometry";
import { History, type Change } from "./history";
import { Patch, TILE } from "./patch";
import { createRaster, fillRect, pixelAt } from "./raster";
import { changed } from "./stroke";

const size = { width: 300, height: 200 };

function change(log: string[], name: string, bytes = 10): Change {
  return { bytes, toggle: () => (log.push(name), whole(size)) };
}

describe("a patch", () => {
  it("gives back what was there, and what was there then", () => {
    const raster = createRaster(size, 4);
    const patch = new Patch(raster);
    const rect = { x: 120, y: 100, width: 20, height: 60 };
    patch.keep(rect);
    fillRect(raster, rect, [9, 8, 7, 255]);
    expect(patch.swap()).toEqual({ x: 0, y: 0, width: 256, height: 200 });
    expect(pixelAt(raster, 130, 110)).toEqual([0, 0, 0, 0]);
    patch.swap();
    expect(pixelAt(raster, 130, 110)).toEqual([9, 8, 7, 255]);
    expect(pixelAt(raster, 119, 110)).toEqual([0, 0, 0, 0]);
  });

  it("keeps a tile as it was first", () => {
    const raster = createRaster(size, 1);
    const patch = new Patch(raster);
    const rect = { x: 0, y: 0, width: 4, height: 4 };
    patch.keep(rect);
    fillRect(raster, rect, [50]);
    patch.keep(rect);
    patch.swap();
    expect(pixelAt(raster, 1, 1)).toEqual([0]);
  });

  it("holds on to the tiles it touches only", () => {
    const patch = new Patch(createRaster({ width: 1024, height: 1024 }, 1));
    patch.keep({ x: 10, y: 10, width: 300, height: 2 });
    expect(patch.bytes).toBe(3 * TILE * TILE);
  });

  it("takes what lies outside for nothing", () => {
    expect(new Patch(createRaster(size, 1)).keep({ x: -50, y: 0, width: 20, height: 20 })).toEqual([]);
  });
});

describe("history", () => {
  it("undoes the latest first and does it again in order", () => {
    const log: string[] = [];
    const history = new History();
    history.push(change(log, "a"));
    history.push(change(log, "b"));
    history.undo();
    history.undo();
    expect(history.undo()).toBeUndefined();
    history.redo();
    expect(log).toEqual(["b", "a", "a"]);
    expect(history.canRedo).toBe(true);
  });

  it("forgets what was undone as soon as something else is done", () => {
    const history = new History();
    history.push(change([], "a", 10));
    history.push(change([], "b", 20));
    history.undo();
    history.push(change([], "c", 5));
    expect(history.canRedo).toBe(false);
    expect(history.bytes).toBe(15);
  });

  it("frees the oldest at its budget, but never the latest", () => {
    const log: string[] = [];
    const history = new History(25);
    for (const name of ["a", "b", "c"]) history.push(change(log, name));
    history.push(change(log, "huge", 100));
    expect(history.bytes).toBe(100);
    history.undo();
    expect(history.canUndo).toBe(false);
    expect(log).toEqual(["huge"]);
  });

  it("brings back every pixel through many changes", () => {
    const raster = createRaster(size, 1);
    const history = new History();
    const states = [raster.data.join()]; // texts are compared quickly
    for (let turn = 1; turn <= 12; turn += 1) {
      const rect = { x: turn * 17, y: turn * 11, width: 90, height: 60 };
      history.push(changed(raster, rect, () => fillRect(raster, rect, [turn * 20])));
      states.push(raster.data.join());
    }
    for (const state of states.toReversed().slice(1)) {
      history.undo();
      expect(raster.data.join()).toBe(state);
    }
    while (history.redo());
    expect(raster.data.join()).toBe(states.at(-1));
  });
});
