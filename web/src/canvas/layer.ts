/** A raster that can be seen: its pixels, and a canvas that follows them where something is to be drawn. */

import { intersection, isEmpty, NOWHERE, union, whole, type Rect } from "./geometry";
import type { Color, Raster } from "./raster";

export class Layer {
  readonly raster: Raster;
  isVisible = true;
  opacity = 1;
  /** Counts up with every change of the pixels. */
  revision = 0;
  #tint: Color = [255, 255, 255];
  #stale: Rect;
  #context: OffscreenCanvasRenderingContext2D | undefined;

  constructor(raster: Raster) {
    this.raster = raster;
    this.#stale = whole(raster);
  }

  /** Tell that a part of the raster has changed. */
  touch(rect: Rect): void {
    if (isEmpty(rect)) return;
    this.revision += 1;
    this.#stale = union(this.#stale, rect);
  }

  /** The colour in which a mask is shown. */
  set tint(color: Color) {
    if (color.every((part, channel) => part === this.#tint[channel])) return;
    this.#tint = color;
    this.#stale = whole(this.raster);
  }

  /** The pixels to draw from, brought up to date. */
  surface(): OffscreenCanvas {
    this.#context ??= createContext(this.raster);
    const rect = intersection(this.#stale, whole(this.raster));
    if (!isEmpty(rect)) this.#upload(this.#context, rect);
    this.#stale = NOWHERE;
    return this.#context.canvas;
  }

  #upload(context: OffscreenCanvasRenderingContext2D, rect: Rect): void {
    const { raster } = this;
    if (raster.channels === 4) {
      const image = new ImageData(raster.data, raster.width, raster.height); // shares the pixels
      context.putImageData(image, 0, 0, rect.x, rect.y, rect.width, rect.height);
    } else {
      context.putImageData(new ImageData(tinted(raster, rect, this.#tint), rect.width, rect.height), rect.x, rect.y);
    }
  }
}

/** A part of a mask as pixels of one colour, as opaque as the mask is white. */
export function tinted(mask: Raster, rect: Rect, [red, green, blue]: Color): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rect.width * rect.height * 4);
  let to = 0;
  for (let y = rect.y; y < rect.y + rect.height; y += 1) {
    for (let from = y * mask.width + rect.x; from < y * mask.width + rect.x + rect.width; from += 1, to += 4) {
      pixels[to] = red;
      pixels[to + 1] = green;
      pixels[to + 2] = blue;
      pixels[to + 3] = mask.data[from] ?? 0;
    }
  }
  return pixels;
}

function createContext({ width, height }: Raster): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no memory for another canvas");
  return context;
}
