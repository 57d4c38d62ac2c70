/**
 * A picture's channels as planes of light in single precision, for filters that mix neighbouring
 * pixels. Colours are weighted by alpha while they are mixed: what cannot be seen colours nothing.
 */

import { blankPixels, type Pixels, type Size } from "./pixels";
import { clamp, TONES, TOP } from "./tones";

export interface Plane extends Size {
  readonly data: Float32Array;
}

/** From one plane, 0 to 1, to another of any one size. */
export type Mix = (plane: Plane) => Plane;

const ENCODED = Float32Array.from(TONES);
const LIGHT = Float32Array.from(TONES, (value) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
);

export function filterPixels(pixels: Pixels, mix: Mix, inLinearLight = false): Pixels {
  const colours = filterColours(pixels, mix, inLinearLight);
  const planes = inLinearLight ? colours.map(encode) : colours;
  if (pixels.channels === 4) planes.push(mix(planeOf(pixels, 3)));
  const filtered = blankPixels(planes[0] as Plane, pixels.channels);
  planes.forEach((plane, place) => storePlane(plane, filtered, place));
  return filtered;
}

/** Each colour's plane after a filter, not rounded and perhaps beyond 0..1. */
export function filterColours(pixels: Pixels, mix: Mix, inLinearLight = false): Plane[] {
  const table = inLinearLight ? LIGHT : ENCODED;
  const planes = (pixels.channels === 1 ? [0] : [0, 1, 2]).map((place) => planeOf(pixels, place, table));
  if (pixels.channels !== 4) return planes.map(mix);
  const alpha = planeOf(pixels, 3);
  const mixedAlpha = mix(alpha);
  return planes.map((plane) => {
    const mixed = mix(map(plane, (value, index) => value * (alpha.data[index] as number)));
    return map(mixed, (value, index) => {
      const weight = mixedAlpha.data[index] as number;
      return weight > 0 ? value / weight : 0;
    });
  });
}

export function planeOf({ width, height, channels, data }: Pixels, place: number, table = ENCODED): Plane {
  const plane = new Float32Array(width * height);
  for (let index = 0, from = place; index < plane.length; index++, from += channels) {
    plane[index] = table[data[from] as number] as number;
  }
  return { width, height, data: plane };
}

/** A plane as whole numbers in one channel of a picture of its size. */
export function storePlane(plane: Plane, pixels: Pixels, place: number): void {
  const { data: values } = plane;
  for (let index = 0, to = place; index < values.length; index++, to += pixels.channels) {
    pixels.data[to] = Math.fround((values[index] as number) * TOP);
  }
}

function map(plane: Plane, change: (value: number, index: number) => number): Plane {
  return { ...plane, data: plane.data.map(change) };
}

/** Light as sRGB-encoded tones (IEC 61966-2-1). */
function encode(plane: Plane): Plane {
  return map(plane, (value) => {
    const light = clamp(value, 0, 1);
    return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  });
}
