/** The points of a smooth curve under the artist's hand. They are in order from dark to bright. */

import type { CurvePoint } from "./adjustment";
import { clamp } from "./tones";

export const LEAST_POINTS = 2;

/** Neighbours stay so far apart, so that none hides behind another: one sample. */
export const CLOSEST = 1 / 255;

/** The index of the nearest point within reach; distances are measured as on a square. */
export function pointAt(points: readonly CurvePoint[], x: number, y: number, reach: number): number | undefined {
  let found: number | undefined;
  let nearest = reach;
  points.forEach((point, index) => {
    const distance = Math.hypot(point[0] - x, point[1] - y);
    if (distance <= nearest) [nearest, found] = [distance, index];
  });
  return found;
}

/** The points with one more, and its index; undefined where its neighbours leave no room. */
export function withPoint(
  points: readonly CurvePoint[],
  x: number,
  y: number,
): { points: CurvePoint[]; index: number } | undefined {
  const input = clamp(x, 0, 1);
  if (points.some((point) => Math.abs(point[0] - input) < CLOSEST)) return undefined;
  const index = points.filter((point) => point[0] < input).length;
  return { points: points.toSpliced(index, 0, [input, clamp(y, 0, 1)]), index };
}

/** The points with one moved, as far as its neighbours and the square let it. */
export function movedPoint(points: readonly CurvePoint[], index: number, x: number, y: number): CurvePoint[] {
  const point = points[index];
  if (!point) return [...points];
  const before = points[index - 1];
  const after = points[index + 1];
  const least = before ? before[0] + CLOSEST : 0;
  const most = after ? after[0] - CLOSEST : 1;
  return points.with(index, placed(point, clamp(x, least, Math.max(least, most)), clamp(y, 0, 1)));
}

/** The points without one; a curve keeps at least two. */
export function withoutPoint(points: readonly CurvePoint[], index: number): CurvePoint[] {
  return points.length > LEAST_POINTS ? points.toSpliced(index, 1) : [...points];
}

/** The points with one changed from smooth to a corner, or back. */
export function bentPoint(points: readonly CurvePoint[], index: number): CurvePoint[] {
  const point = points[index];
  if (!point) return [...points];
  const [x, y, bend] = point;
  return points.with(index, bend === "corner" ? [x, y] : [x, y, "corner"]);
}

function placed(point: CurvePoint, x: number, y: number): CurvePoint {
  return point[2] ? [x, y, point[2]] : [x, y];
}
