/** Polygons as coverage: what a lasso or a rectangle encloses. */

import { NOWHERE, rectAround, type ImagePoint, type Rect } from "./geometry";
import { inside, type Raster } from "./raster";

/** Lines in each row of pixels along which a polygon is measured. */
const LINES = 4;

/**
 * Cover what a polygon encloses, with soft edges; answers where that is. It is closed by itself; what it encloses twice is covered, too.
 *
 * @param cover One channel, empty.
 */
export function coverPolygon(cover: Raster, corners: readonly ImagePoint[]): Rect {
  if (corners.length < 3) return NOWHERE;
  const rect = inside(cover, rectAround(corners));
  const row = new Float32Array(cover.width);
  for (let y = rect.y; y < rect.y + rect.height; y += 1) {
    row.fill(0);
    for (let line = 0; line < LINES; line += 1) {
      for (const [start, end] of spans(corners, y + (line + 0.5) / LINES)) addSpan(row, start, end);
    }
    for (let x = rect.x; x < rect.x + rect.width; x += 1) cover.data[y * cover.width + x] = Math.min(255, ((row[x] ?? 0) * 255) / LINES);
  }
  return rect;
}

/** Where a horizontal line runs inside: wherever the outline winds around it. */
function spans(corners: readonly ImagePoint[], y: number): [start: number, end: number][] {
  const crossings: { x: number; turn: number }[] = [];
  let from = corners.at(-1);
  for (const to of corners) {
    if (from && from.y <= y !== to.y <= y) {
      crossings.push({ x: from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x), turn: to.y > from.y ? 1 : -1 });
    }
    from = to;
  }
  crossings.sort((a, b) => a.x - b.x);
  const found: [number, number][] = [];
  let [winding, start] = [0, 0];
  for (const { x, turn } of crossings) {
    if (winding === 0) start = x;
    winding += turn;
    if (winding === 0) found.push([start, x]);
  }
  return found;
}

/** Add to each pixel of a row the share of it that a span takes. */
function addSpan(row: Float32Array, from: number, to: number): void {
  const [start, end] = [Math.max(0, from), Math.min(row.length, to)];
  for (let x = Math.floor(start); x < end; x += 1) {
    row[x] = (row[x] ?? 0) + Math.min(end, x + 1) - Math.max(start, x);
  }
}
