/** Masks as a whole: turned around, emptied, softened. */

import { intersection, isEmpty, outward, whole, type Rect } from "./geometry";
import type { Change } from "./history";
import type { Raster } from "./raster";
import { bounds } from "./region";
import { changed } from "./stroke";

/** Paint where nothing was to be painted, and the other way round. */
export function invert(mask: Raster): Change {
  return changed(mask, whole(mask), () => {
    for (let index = 0; index < mask.data.length; index += 1) mask.data[index] = 255 - (mask.data[index] ?? 0);
  });
}

export function clear(mask: Raster): Change {
  return changed(mask, bounds(mask), () => mask.data.fill(0));
}

/** Soften the edges over so many pixels to each side. */
export function feather(mask: Raster, reach: number): Change {
  const area = intersection(outward(bounds(mask), reach), whole(mask));
  return changed(mask, area, () => {
    if (!isEmpty(area)) blur(mask, area, reach);
  });
}

/** Boxes that make a Gaussian, nearly: after three, the eye sees no difference. */
const BOXES = 3;

function blur(mask: Raster, area: Rect, reach: number): void {
  const radii = Array.from({ length: BOXES }, (_, box) => Math.floor((reach + box) / BOXES));
  const first = area.y * mask.width + area.x;
  const line = new Float32Array(Math.max(area.width, area.height));
  for (let y = 0; y < area.height; y += 1) blurLine(mask.data, first + y * mask.width, 1, line.subarray(0, area.width), radii);
  for (let x = 0; x < area.width; x += 1) blurLine(mask.data, first + x, mask.width, line.subarray(0, area.height), radii);
}

function blurLine(data: Uint8ClampedArray, first: number, step: number, line: Float32Array, radii: readonly number[]): void {
  for (let at = 0; at < line.length; at += 1) line[at] = data[first + at * step] ?? 0;
  for (const radius of radii) averageLine(line, radius);
  for (let at = 0; at < line.length; at += 1) data[first + at * step] = line[at] ?? 0;
}

/** The mean over so many neighbours on each side; beyond the ends, the last value goes on. */
function averageLine(line: Float32Array, radius: number): void {
  if (radius === 0) return;
  const before = line.slice();
  const last = before.length - 1;
  const value = (at: number): number => before[Math.min(Math.max(at, 0), last)] ?? 0;
  let sum = 0;
  for (let at = -radius; at <= radius; at += 1) sum += value(at);
  for (let at = 0; at <= last; at += 1) {
    line[at] = sum / (2 * radius + 1);
    sum += value(at + radius + 1) - value(at - radius);
  }
}
