/** Sharpen: an unsharp mask; the formula is that of `sharpen.py`. */

import { complete, type Sharpen } from "./adjustment";
import type { Pixels } from "./pixels";
import { filterColours, planeOf, storePlane, type Plane } from "./planes";

/** The blur reaches so many standard deviations. */
const REACH = 4;

/** The pixels, sharpened; alpha is kept. The picture's edge pixels continue outwards. */
export function applySharpen(adjustment: Sharpen, pixels: Pixels): Pixels {
  const { radius, amount, threshold } = complete(adjustment);
  const sharpened = { ...pixels, data: pixels.data.slice() };
  const weights = gaussian(radius);
  filterColours(pixels, (plane) => blur(plane, weights)).forEach((blurred, place) => {
    const plane = planeOf(pixels, place);
    addDetail(plane, blurred, amount, threshold);
    storePlane(plane, sharpened, place);
  });
  return sharpened;
}

function addDetail(plane: Plane, blurred: Plane, amount: number, threshold: number): void {
  const { data: values } = plane;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const detail = value - (blurred.data[index] as number);
    if (Math.abs(detail) > threshold) values[index] = value + amount * detail;
  }
}

/** Weights of the middle and of each place to its right. */
function gaussian(radius: number): Float32Array {
  const half = Math.floor(Math.round(radius * REACH * 2 + 1) / 2);
  const right = Float64Array.from({ length: half + 1 }, (_, place) => Math.exp((-place * place) / (2 * radius * radius)));
  const total = 2 * right.reduce((sum, weight) => sum + weight, 0) - 1;
  return Float32Array.from(right, (weight) => weight / total);
}

function blur(plane: Plane, weights: Float32Array): Plane {
  return blurColumns(blurRows(plane, weights), weights);
}

function blurRows({ width, height, data }: Plane, weights: Float32Array): Plane {
  const blurred = new Float32Array(data.length);
  const reach = weights.length - 1;
  const padded = new Float32Array(width + 2 * reach);
  for (let row = 0; row < height; row++) {
    const line = data.subarray(row * width, (row + 1) * width);
    padded.fill(line[0] as number, 0, reach);
    padded.set(line, reach);
    padded.fill(line[width - 1] as number, reach + width);
    for (let column = 0; column < width; column++) {
      const centre = column + reach;
      let sum = (padded[centre] as number) * (weights[0] as number);
      for (let place = 1; place <= reach; place++) {
        sum += ((padded[centre - place] as number) + (padded[centre + place] as number)) * (weights[place] as number);
      }
      blurred[row * width + column] = sum;
    }
  }
  return { width, height, data: blurred };
}

function blurColumns({ width, height, data }: Plane, weights: Float32Array): Plane {
  const blurred = new Float32Array(data.length);
  const sums = new Float32Array(width);
  const startOf = (row: number) => Math.min(Math.max(row, 0), height - 1) * width;
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    weights.forEach((weight, place) => {
      const above = startOf(row - place);
      const below = startOf(row + place);
      const share = place ? weight : weight / 2; // the middle row is met from both sides
      for (let column = 0; column < width; column++) {
        sums[column] =
          (sums[column] as number) + ((data[above + column] as number) + (data[below + column] as number)) * share;
      }
    });
    blurred.set(sums, row * width);
  }
  return { width, height, data: blurred };
}
