/** Rotate: quarter turns exactly, the rest by bicubic resampling about the picture's centre. */

import { complete, type Rotate } from "./adjustment";
import { blankPixels, type Pixels, type Size } from "./pixels";
import { filterPixels, type Plane } from "./planes";

/** What a side may differ from whole pixels before it counts as a pixel more or less. */
const ROUNDING = 1e-6;

/** From places in the turned picture to places in the old one: x' = a x + b y + c, y' = d x + e y + f. */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export function applyRotate(adjustment: Rotate, pixels: Pixels): Pixels {
  const { quarters, rest } = split(adjustment.degrees);
  const size = rotatedSize(adjustment, pixels);
  let turned = pixels;
  for (let turn = 0; turn < quarters; turn++) turned = turnQuarter(turned);
  if (!rest) return turned;
  const affine = affineOf(rest, turned, size);
  return filterPixels(turned, (plane) => resample(plane, size, affine));
}

/**
 * Width and height of the turned picture. A rectangle W x H fits into one of w x h that is turned by
 * an angle with cosine c and sine s where W c + H s <= w and W s + H c <= h; the other way round for
 * the frame that holds it all.
 */
export function rotatedSize(adjustment: Rotate, size: Size): Size {
  const { degrees, fit } = complete(adjustment);
  const { quarters, rest } = split(degrees);
  const [width, height] = quarters % 2 ? [size.height, size.width] : [size.width, size.height];
  if (!rest) return { width, height };
  const cosine = Math.cos(radians(rest));
  const sine = Math.abs(Math.sin(radians(rest)));
  const across = width * cosine + height * sine;
  const down = width * sine + height * cosine;
  if (fit === "expand") return { width: Math.ceil(across - ROUNDING), height: Math.ceil(down - ROUNDING) };
  const scale = Math.min(width / across, height / down);
  return {
    width: Math.max(1, Math.floor(width * scale + ROUNDING)),
    height: Math.max(1, Math.floor(height * scale + ROUNDING)),
  };
}

/** Quarter turns, 0 to 3, and the rest from -45 to 45 degrees. */
function split(degrees: number): { quarters: number; rest: number } {
  const quarters = Math.floor(degrees / 90 + 0.5);
  return { quarters: ((quarters % 4) + 4) % 4, rest: degrees - 90 * quarters };
}

function radians(degrees: number): number {
  return degrees * (Math.PI / 180);
}

/** A quarter turn clockwise. */
function turnQuarter(pixels: Pixels): Pixels {
  const { width, height, channels, data } = pixels;
  const turned = blankPixels({ width: height, height: width }, channels);
  let to = 0;
  for (let column = 0; column < width; column++) {
    for (let row = height - 1; row >= 0; row--) {
      const from = (row * width + column) * channels;
      for (let place = 0; place < channels; place++) turned.data[to++] = data[from + place] as number;
    }
  }
  return turned;
}

/** Both pictures' places are measured from their centres, and rows count downwards. */
function affineOf(degrees: number, old: Size, size: Size): Affine {
  const cosine = Math.cos(radians(degrees));
  const sine = Math.sin(radians(degrees));
  const x = size.width / 2;
  const y = size.height / 2;
  const left = old.width / 2 - cosine * x - sine * y;
  const upper = old.height / 2 + sine * x - cosine * y;
  return [cosine, sine, left, -sine, cosine, upper];
}

/** Bicubic, a = -1; what lies outside the old picture is 0. */
function resample(plane: Plane, { width, height }: Size, [a, b, c, d, e, f]: Affine): Plane {
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = a * (column + 0.5) + b * (row + 0.5) + c;
      const y = d * (column + 0.5) + e * (row + 0.5) + f;
      if (x < 0 || x >= plane.width || y < 0 || y >= plane.height) continue;
      data[row * width + column] = valueAt(plane, x - 0.5, y - 0.5);
    }
  }
  return { width, height, data };
}

/** The value between pixels, whose centres have whole numbers; edge pixels continue outwards. */
function valueAt({ width, height, data }: Plane, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const share = x - left;
  const rows = height - 1;
  const columns = width - 1;
  const column0 = left > 0 ? left - 1 : 0;
  const column1 = left > 0 ? left : 0;
  const column2 = left < columns ? left + 1 : columns;
  const column3 = left < columns - 1 ? left + 2 : columns;
  const alongRow = (start: number) =>
    between(
      data[start + column0] as number,
      data[start + column1] as number,
      data[start + column2] as number,
      data[start + column3] as number,
      share,
    );
  return between(
    alongRow((top > 0 ? top - 1 : 0) * width),
    alongRow((top > 0 ? top : 0) * width),
    alongRow((top < rows ? top + 1 : rows) * width),
    alongRow((top < rows - 1 ? top + 2 : rows) * width),
    y - top,
  );
}

/** The cubic through the two inner ones of four values. */
function between(v0: number, v1: number, v2: number, v3: number, share: number): number {
  const linear = v2 - v0;
  const square = 2 * (v0 - v1) + v2 - v3;
  const cube = -v0 + v1 - v2 + v3;
  return v1 + share * (linear + share * (square + share * cube));
}
