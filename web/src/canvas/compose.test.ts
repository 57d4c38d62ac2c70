import { describe, expect, it } from "vitest";
import { flattened, greyPicture } from "./compose";
import { tinted } from "./layer";
import { createRaster, fillRect, pixelAt, type Raster } from "./raster";

const size = { width: 2, height: 1 };

function filled(...value: number[]): Raster {
  const raster = createRaster(size, 4);
  fillRect(raster, { x: 0, y: 0, ...size }, value);
  return raster;
}

describe("layers as one raster", () => {
  it("let what lies below shine through", () => {
    const layers = [{ raster: filled(255, 255, 255, 255), opacity: 1 }, { raster: filled(0, 0, 0, 51), opacity: 1 }];
    expect(pixelAt(flattened(layers, size), 0, 0)).toEqual([204, 204, 204, 255]);
  });

  it("reckon with the strength of each layer", () => {
    const layers = [{ raster: filled(255, 255, 255, 255), opacity: 1 }, { raster: filled(0, 0, 0, 255), opacity: 0.2 }];
    expect(pixelAt(flattened(layers, size), 0, 0)).toEqual([204, 204, 204, 255]);
  });

  it("keep the colour of what lies over nothing", () => {
    expect(pixelAt(flattened([{ raster: filled(9, 99, 199, 40), opacity: 1 }], size), 1, 0)).toEqual([9, 99, 199, 40]);
  });

  it("stay as they are", () => {
    const below = filled(255, 255, 255, 255);
    flattened([{ raster: below, opacity: 1 }, { raster: filled(0, 0, 0, 255), opacity: 1 }], size);
    expect(pixelAt(below, 0, 0)).toEqual([255, 255, 255, 255]);
  });
});

describe("a mask", () => {
  const mask = createRaster(size, 1);
  mask.data.set([255, 7]);

  it("is sent white where it is painted, black elsewhere, and opaque", () => {
    expect([...greyPicture(mask).data]).toEqual([255, 255, 255, 255, 7, 7, 7, 255]);
  });

  it("is shown in its colour, as opaque as it is white", () => {
    expect([...tinted(mask, { x: 1, y: 0, width: 1, height: 1 }, [1, 2, 3])]).toEqual([1, 2, 3, 7]);
  });
});
