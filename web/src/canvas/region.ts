/**
 * The rectangle that "only masked" paints, with the same numbers as `velatura/masking`: the mask is blurred, what is not black then is
 * framed and padded, and the frame is widened to the ratio of sides of the painting.
 */

import { isEmpty, NOWHERE, type Rect, type Size } from "./geometry";
import type { Raster } from "./raster";
import { Softened } from "./softened";

export interface Framing {
  /** Standard deviation of the mask's blur. */
  readonly blur: number;
  /** Whether what is black is painted. */
  readonly invert: boolean;
  readonly padding: number;
}

/** The smallest rectangle around all that is not black; empty where all is. */
export function bounds({ data, width }: Raster): Rect {
  const first = data.findIndex((value) => value > 0);
  if (first < 0) return NOWHERE;
  const top = Math.floor(first / width);
  const bottom = Math.floor(data.findLastIndex((value) => value > 0) / width);
  let [left, right] = [width, -1];
  for (let y = top; y <= bottom; y += 1) {
    const row = y * width;
    for (let x = 0; x < left; x += 1) if (data[row + x]) left = x;
    for (let x = width - 1; x > right; x -= 1) if (data[row + x]) right = x;
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The frame of what is painted with its padding, within the picture; empty where nothing is. */
export function maskedRegion(mask: Raster, { blur, invert, padding }: Framing): Rect {
  const shown = invert ? { ...mask, data: mask.data.map((value) => 255 - value) } : mask;
  const frame = new Softened(shown, blur).bounds(bounds(shown));
  if (isEmpty(frame)) return NOWHERE;
  const left = Math.max(frame.x - padding, 0);
  const top = Math.max(frame.y - padding, 0);
  const right = Math.min(frame.x + frame.width + padding, mask.width);
  const bottom = Math.min(frame.y + frame.height + padding, mask.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The region, grown towards the ratio of sides it will be painted in.
 *
 * It grows to both sides alike, is pushed back where it leaves the picture, and cut where it is larger than that; so it may fall short of
 * the ratio.
 */
export function widened(region: Rect, painted: Size, picture: Size): Rect {
  const ratio = painted.width / painted.height;
  if (region.width / region.height > ratio) {
    const [y, height] = grown(region.y, region.height, Math.trunc(region.width / ratio - region.height), picture.height);
    return { x: region.x, y, width: region.width, height };
  }
  const [x, width] = grown(region.x, region.width, Math.trunc(region.height * ratio - region.width), picture.width);
  return { x, y: region.y, width, height: region.height };
}

function grown(from: number, length: number, more: number, limit: number): [start: number, length: number] {
  let start = from - Math.floor(more / 2);
  let end = from + length + more - Math.floor(more / 2);
  if (end > limit) [start, end] = [start - (end - limit), limit];
  if (start < 0) [start, end] = [0, end - start];
  return [start, Math.min(end, limit) - start];
}
