/** Filling: what hangs together with a pixel and looks like it. */

import { NOWHERE, outward, union, type ImagePoint, type Rect } from "./geometry";
import { inside, type Raster } from "./raster";

/** Levels by which a channel may differ from where the filling began; soft edges of strokes differ by all there is. */
export const TOLERANCE = 48;

const FULL = 255;

/**
 * Cover all pixels that a pixel reaches over neighbours of nearly its own values, and one more all around, under the soft edges of what
 * stopped it. Answers where that is.
 *
 * @param cover One channel, as large as the raster and empty.
 */
export function flood(cover: Raster, raster: Raster, at: ImagePoint, tolerance = TOLERANCE): Rect {
  const [column, row] = [Math.floor(at.x), Math.floor(at.y)];
  if (column < 0 || row < 0 || column >= raster.width || row >= raster.height) return NOWHERE;
  const alike = likeness(raster, row * raster.width + column, tolerance);
  return grown(cover, spread(cover.data, raster, alike, column, row));
}

/** Whether a pixel looks like the one where the filling began. What is wholly transparent has no colour to differ in. */
function likeness({ data, channels }: Raster, origin: number, tolerance: number): (index: number) => boolean {
  const start = data.slice(origin * channels, (origin + 1) * channels);
  const near = (offset: number, channel: number): boolean => Math.abs((data[offset + channel] ?? 0) - (start[channel] ?? 0)) <= tolerance;
  if (channels === 1) return (index) => near(index, 0);
  return (index) => {
    const offset = index * 4;
    if (!near(offset, 3)) return false;
    if ((start[3] ?? 0) <= tolerance) return true;
    return near(offset, 0) && near(offset, 1) && near(offset, 2);
  };
}

/** Whole runs of a row at a time; the rows above and below are searched for where new runs begin. */
function spread(covered: Uint8ClampedArray, { width, height }: Raster, alike: (index: number) => boolean, column: number, row: number): Rect {
  const isOpen = (x: number, y: number): boolean => x >= 0 && x < width && covered[y * width + x] === 0 && alike(y * width + x);
  const waiting: [x: number, y: number][] = [[column, row]];
  let area = NOWHERE;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [x, y] = next;
    if (!isOpen(x, y)) continue;
    let [start, end] = [x, x + 1];
    while (isOpen(start - 1, y)) start -= 1;
    while (isOpen(end, y)) end += 1;
    covered.fill(FULL, y * width + start, y * width + end);
    area = union(area, { x: start, y, width: end - start, height: 1 });
    for (const beside of [y - 1, y + 1].filter((line) => line >= 0 && line < height)) {
      for (let at = start; at < end; at += 1) {
        if (isOpen(at, beside) && (at === start || !isOpen(at - 1, beside))) waiting.push([at, beside]);
      }
    }
  }
  return area;
}

/** One pixel more on each side, along rows and then along columns. */
function grown(cover: Raster, rect: Rect): Rect {
  const area = inside(cover, outward(rect, 1));
  const { data, width } = cover;
  for (const [inner, outer, step, across] of [[area.width, area.height, 1, width], [area.height, area.width, width, 1]] as const) {
    for (let line = 0; line < outer; line += 1) {
      const first = area.y * width + area.x + line * across;
      let before = 0;
      for (let place = 0; place < inner; place += 1) {
        const at = first + place * step;
        const now = data[at] ?? 0;
        const after = place + 1 < inner ? (data[at + step] ?? 0) : 0;
        data[at] = Math.max(before, now, after);
        before = now;
      }
    }
  }
  return area;
}
