/** How often each tone occurs in a picture. */

import type { Channel } from "./adjustment";
import { places } from "./channels";
import type { Pixels } from "./pixels";
import { TOP } from "./tones";

/** Weights of red, green and blue in luminance: those of sRGB, adapted to D50. */
const LUMINANCE = [0.2224884, 0.71690369, 0.06060791] as const;

export type Counted = Channel | "luminance";

/** 256 counts for each of four channels. */
export interface Histogram {
  readonly value: Float64Array;
  readonly red: Float64Array;
  readonly green: Float64Array;
  readonly blue: Float64Array;
}

/** All four in one pass, for a picture that changes many times a second. */
export function countHistogram(pixels: Pixels): Histogram {
  if (pixels.channels === 1) {
    const value = countTones(pixels, "value");
    return { value, red: value, green: value, blue: value };
  }
  const histogram = { value: blank(), red: blank(), green: blank(), blue: blank() };
  countColours(pixels, histogram);
  return histogram;
}

function countColours({ channels, data }: Pixels, { value, red, green, blue }: Histogram): void {
  for (let index = 0; index < data.length; index += channels) {
    const weight = channels === 4 ? (data[index + 3] as number) : 1;
    const r = data[index] as number;
    const g = data[index + 1] as number;
    const b = data[index + 2] as number;
    const v = r > g ? (r > b ? r : b) : g > b ? g : b;
    value[v] = (value[v] as number) + weight;
    red[r] = (red[r] as number) + weight;
    green[g] = (green[g] as number) + weight;
    blue[b] = (blue[b] as number) + weight;
  }
}

function blank(): Float64Array {
  return new Float64Array(TOP + 1);
}

/**
 * How much of a picture has each of the 256 codes. "value" is the largest of red, green and blue.
 * Where there is alpha each pixel counts as its alpha, 0 to 255, rather than as 1, but for "alpha".
 */
export function countTones(pixels: Pixels, channel: Counted): Float64Array {
  const counts = blank();
  const { channels, data } = pixels;
  const codeAt = reader(pixels, channel);
  const isWeighted = channels === 4 && channel !== "alpha";
  for (let index = 0; index < data.length; index += channels) {
    const code = codeAt(index);
    counts[code] = (counts[code] as number) + (isWeighted ? (data[index + 3] as number) : 1);
  }
  return counts;
}

/** The channel's code in the pixel that begins at an index. */
function reader({ channels, data }: Pixels, channel: Counted): (index: number) => number {
  const at = (index: number) => data[index] as number;
  if (channel === "luminance") {
    if (channels === 1) return at;
    const [red, green, blue] = LUMINANCE;
    return (index) => Math.floor(red * at(index) + green * at(index + 1) + blue * at(index + 2) + 0.5);
  }
  const [first = 0, ...others] = places(channel, channels);
  if (others.length) return (index) => Math.max(at(index), at(index + 1), at(index + 2));
  return (index) => at(index + first);
}
