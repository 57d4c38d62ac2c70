/** Pixels as numbers: what strokes, fills and masks are reckoned on. Plain arrays, so that every rule of it is tested without a browser. */

import { intersection, outward, whole, type Rect, type Size } from "./geometry";

/** One channel (a mask: 255 is painted anew) or four (a sketch: red, green, blue, opacity, not multiplied). */
export interface Raster extends Size {
  readonly channels: 1 | 4;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

export function createRaster({ width, height }: Size, channels: 1 | 4): Raster {
  return { width, height, channels, data: new Uint8ClampedArray(width * height * channels) };
}

/** The whole pixels of a rectangle that lie in a raster. */
export function inside(raster: Size, rect: Rect): Rect {
  return intersection(outward(rect), whole(raster));
}

/** Copy one row after the other between an array that is as wide as the rectangle and the raster. */
export function readRect(raster: Raster, rect: Rect, into = new Uint8ClampedArray(rect.width * rect.height * raster.channels)): Uint8ClampedArray<ArrayBuffer> {
  eachRow(raster, rect, (start, length, row) => into.set(raster.data.subarray(start, start + length), row * length));
  return into;
}

export function writeRect(raster: Raster, rect: Rect, pixels: Uint8ClampedArray): void {
  eachRow(raster, rect, (start, length, row) => raster.data.set(pixels.subarray(row * length, (row + 1) * length), start));
}

/** Fill with one value for each channel. */
export function fillRect(raster: Raster, rect: Rect, value: readonly number[]): void {
  eachRow(raster, inside(raster, rect), (start, length) => {
    if (raster.channels === 1) {
      raster.data.fill(value[0] ?? 0, start, start + length);
      return;
    }
    for (let at = start; at < start + length; at += 4) raster.data.set(value, at);
  });
}

/** The values of a pixel; none outside. */
export function pixelAt(raster: Raster, x: number, y: number): readonly number[] | undefined {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= raster.width || row >= raster.height) return undefined;
  const at = (row * raster.width + column) * raster.channels;
  return [...raster.data.subarray(at, at + raster.channels)];
}

function eachRow(raster: Raster, rect: Rect, visit: (start: number, length: number, row: number) => void): void {
  const length = rect.width * raster.channels;
  for (let row = 0; row < rect.height; row += 1) visit(((rect.y + row) * raster.width + rect.x) * raster.channels, length, row);
}
