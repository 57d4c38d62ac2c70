/**
 * Resize: the picture resampled to another size, first along its rows and then down its columns.
 * Kernels are widened when a picture shrinks, so that each pixel averages all that it covers.
 */

import { complete, type Kernel, type Resize } from "./adjustment";
import { blankPixels, type Pixels, type Size } from "./pixels";
import { filterPixels, type Plane } from "./planes";

interface Weighting {
  readonly support: number;
  weigh(distance: number): number;
}

/** What one new row or column is made of: so many old ones from the first. */
interface Share {
  readonly first: number;
  readonly weights: Float64Array;
}

const WEIGHTINGS: Record<Exclude<Kernel, "nearest">, Weighting> = {
  box: { support: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weigh: (x) => cubic(Math.abs(x)) },
  lanczos: { support: 3, weigh: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

export function applyResize(adjustment: Resize, pixels: Pixels): Pixels {
  const { kernel, linear_light: inLinearLight } = complete(adjustment);
  const size = resizedSize(adjustment, pixels);
  if (size.width === pixels.width && size.height === pixels.height) return pixels;
  if (kernel === "nearest") return takeNearest(pixels, size);
  const weighting = WEIGHTINGS[kernel];
  const across = sharesOf(pixels.width, size.width, weighting);
  const down = sharesOf(pixels.height, size.height, weighting);
  return filterPixels(pixels, (plane) => mixRows(mixColumns(plane, across), down), inLinearLight);
}

/** Width and height wanted; one that is 0 follows from the other. */
export function resizedSize(adjustment: Resize, size: Size): Size {
  const { width, height } = complete(adjustment);
  return {
    width: width || Math.max(1, halfEven((size.width * height) / size.height)),
    height: height || Math.max(1, halfEven((size.height * width) / size.width)),
  };
}

function halfEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 ? up - 1 : up;
}

function takeNearest(pixels: Pixels, size: Size): Pixels {
  const taken = blankPixels(size, pixels.channels);
  const rows = nearest(pixels.height, size.height);
  const columns = nearest(pixels.width, size.width);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * pixels.width + column) * pixels.channels;
      for (let place = 0; place < pixels.channels; place++) taken.data[to++] = pixels.data[from + place] as number;
    }
  }
  return taken;
}

/** For each new row or column the old one whose centre is nearest; the later of two. */
function nearest(old: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(((index * 2 + 1) * old) / (2 * count)));
}

function sharesOf(old: number, count: number, { support, weigh }: Weighting): Share[] {
  const scale = old / count;
  const widened = Math.max(scale, 1);
  return Array.from({ length: count }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support * widened + 0.5));
    const end = Math.min(old, Math.trunc(centre + support * widened + 0.5));
    const weights = Float64Array.from({ length: end - first }, (_, place) =>
      weigh((place + first - centre + 0.5) * (1 / widened)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function mixColumns({ width, height, data }: Plane, shares: readonly Share[]): Plane {
  if (shares.length === width) return { width, height, data };
  const mixed = new Float32Array(shares.length * height);
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (const { first, weights } of shares) {
      const from = row * width + first;
      let sum = 0;
      for (let place = 0; place < weights.length; place++) {
        sum += (data[from + place] as number) * (weights[place] as number);
      }
      mixed[to++] = sum;
    }
  }
  return { width: shares.length, height, data: mixed };
}

function mixRows({ width, height, data }: Plane, shares: readonly Share[]): Plane {
  if (shares.length === height) return { width, height, data };
  const mixed = new Float32Array(width * shares.length);
  const sums = new Float64Array(width);
  shares.forEach(({ first, weights }, row) => {
    sums.fill(0);
    weights.forEach((weight, place) => {
      const from = (first + place) * width;
      for (let column = 0; column < width; column++) {
        sums[column] = (sums[column] as number) + (data[from + column] as number) * weight;
      }
    });
    mixed.set(sums, row * width);
  });
  return { width, height: shares.length, data: mixed };
}

/** Keys' cubic convolution with a = -1/2. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}
