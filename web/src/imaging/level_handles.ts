/**
 * Where the handles of levels stand between black, 0, and white, 1. The middle one stands for gamma:
 * halfway between the limits it is 1, at the dark limit 10, at the bright one 0.1.
 */

import { clamp } from "./tones";

export const LEAST_GAMMA = 0.1;
export const MOST_GAMMA = 10;

/** Limits on handles do not pass one another, and stay so far apart. */
const NARROWEST = 1 / 255;

export function gammaPosition(low: number, high: number, gamma: number): number {
  const half = (high - low) / 2;
  return low + half - half * Math.log10(gamma);
}

export function gammaAt(position: number, low: number, high: number): number {
  const half = (high - low) / 2;
  if (half === 0) return 1;
  const gamma = 10 ** ((low + half - position) / half);
  return clamp(Math.round(gamma * 100) / 100, LEAST_GAMMA, MOST_GAMMA);
}

/** A lower limit dragged to a position. */
export function lowAt(position: number, high: number): number {
  return clamp(position, 0, Math.max(0, high - NARROWEST));
}

/** An upper limit dragged to a position. */
export function highAt(position: number, low: number): number {
  return clamp(position, Math.min(1, low + NARROWEST), 1);
}
