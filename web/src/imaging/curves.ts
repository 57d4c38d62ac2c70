/**
 * Curves: tones mapped through 256 samples, smooth through a few points or drawn by hand. The
 * formulas are those of `curves.py`: one cubic Bézier segment between each two neighbours.
 */

import { complete, type CurvePoint, type Curves } from "./adjustment";
import { clamp, type ToneMap } from "./tones";

export const SAMPLES = 256;
const LAST = SAMPLES - 1;

/** Points closer together than this make a step. */
const NARROWEST = 1e-6;

type Around = [before: CurvePoint | undefined, start: CurvePoint, end: CurvePoint, after: CurvePoint | undefined];

export function mapCurve(adjustment: Curves): ToneMap {
  const samples = curveSamples(adjustment);
  return (value) => {
    const position = clamp(value, 0, 1) * LAST;
    const below = Math.min(Math.floor(position), LAST - 1);
    const share = position - below;
    return (1 - share) * (samples[below] as number) + share * (samples[below + 1] as number);
  };
}

/** The outputs at inputs 0/255, 1/255, ... 255/255. */
export function curveSamples(adjustment: Curves): Float64Array {
  const { type, points, values } = complete(adjustment);
  if (type === "freehand") return Float64Array.from(values);
  return smoothSamples([...points].sort((one, other) => one[0] - other[0]));
}

function smoothSamples(points: readonly CurvePoint[]): Float64Array {
  const samples = new Float64Array(SAMPLES);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return samples;
  samples.fill(first[1], 0, nearestSample(first[0]));
  samples.fill(last[1], nearestSample(last[0]));
  points.slice(0, -1).forEach((start, number) => {
    const end = points[number + 1] as CurvePoint;
    const before = isCorner(start) ? undefined : points[number - 1];
    const after = isCorner(end) ? undefined : points[number + 2];
    drawSegment(samples, [before, start, end, after]);
  });
  for (const [x, y] of points) samples[nearestSample(x)] = y;
  return samples;
}

/** The sample nearest to an input; the upper one of two equally near. */
function nearestSample(x: number): number {
  return Math.floor(LAST * x + 0.5);
}

function isCorner(point: CurvePoint): boolean {
  return point[2] === "corner";
}

function drawSegment(samples: Float64Array, around: Around): void {
  const [, start, end] = around;
  const width = end[0] - start[0];
  const first = nearestSample(start[0]);
  if (width <= NARROWEST) {
    samples[first] = end[1];
    return;
  }
  const [y0, y1, y2, y3] = handles(around);
  const count = Math.min(nearestSample(width), LAST - first) + 1;
  for (let index = 0; index < count; index++) {
    const t = index / (LAST * width);
    const s = 1 - t;
    const y = y0 * s * s * s + 3 * y1 * s * s * t + 3 * y2 * s * t * t + y3 * t * t * t;
    samples[first + index] = clamp(y, 0, 1);
  }
}

/** The four ordinates of a segment's Bézier polygon, whose abscissae are equally spaced. */
function handles([before, start, end, after]: Around): [number, number, number, number] {
  const y0 = start[1];
  const y3 = end[1];
  const third = (end[0] - start[0]) / 3;
  const leaving = before && (y3 - before[1]) / (end[0] - before[0]);
  const arriving = after && (after[1] - y0) / (after[0] - start[0]);
  if (leaving !== undefined) {
    const y1 = y0 + leaving * third;
    return [y0, y1, arriving === undefined ? y3 + (y1 - y3) / 2 : y3 - arriving * third, y3];
  }
  if (arriving === undefined) return [y0, y0 + (y3 - y0) / 3, y0 + (2 * (y3 - y0)) / 3, y3];
  const y2 = y3 - arriving * third;
  return [y0, y0 + (y2 - y0) / 2, y2, y3];
}
