/**
 * Hue, saturation and lightness, of all colours or of one sixth of the circle. The formulas are
 * those of `hue_saturation.py`, in the same order of operations.
 */

import { complete, type HueRange, type HueSaturation } from "./adjustment";
import type { Pixels } from "./pixels";
import { clamp, TONES, TOP } from "./tones";

const SIXTHS = 6;
const RANGES: readonly HueRange[] = ["red", "yellow", "green", "cyan", "blue", "magenta"];

/** Colours at hand at once, a power of two, and what scatters colours over them. */
const SLOT_SHIFT = 15;
const SLOTS = 2 ** (32 - SLOT_SHIFT);
const SCATTER = 0x9e3779b1;

/** Everything about the change that is the same for all pixels. */
interface Change {
  readonly turn: number;
  readonly strength: number;
  readonly lift: number;
  readonly overlap: number;
  /** The range's place among the six; -1 is all of them. */
  readonly range: number;
}

export function applyHueSaturation(adjustment: HueSaturation, pixels: Pixels): Pixels {
  if (pixels.channels === 1) throw new RangeError("kind: hue_saturation needs a colour picture, this one is greyscale");
  const changed = { ...pixels, data: pixels.data.slice() };
  recolour(changed, changeOf(adjustment));
  return changed;
}

function changeOf(adjustment: HueSaturation): Change {
  const { hue, saturation, lightness, overlap, range } = complete(adjustment);
  return {
    turn: hue / 180,
    strength: 1 + saturation / 100,
    lift: lightness / 200,
    overlap: overlap / 100,
    range: RANGES.indexOf(range),
  };
}

/** The same colours come again and again: the latest result of each slot is at hand. */
function recolour({ data, channels }: Pixels, change: Change): void {
  const known = new Uint32Array(SLOTS);
  const results = new Uint8ClampedArray(3 * SLOTS);
  for (let index = 0; index < data.length; index += channels) {
    const colour = ((data[index] as number) << 16) | ((data[index + 1] as number) << 8) | (data[index + 2] as number);
    const slot = Math.imul(colour, SCATTER) >>> SLOT_SHIFT;
    if (known[slot] !== colour + 1) {
      known[slot] = colour + 1; // 0 is an empty slot
      recolourOne(data, index, change, results, 3 * slot);
    }
    data[index] = results[3 * slot] as number;
    data[index + 1] = results[3 * slot + 1] as number;
    data[index + 2] = results[3 * slot + 2] as number;
  }
}

/** One pixel's colour after the change, as codes from a place on: plain numbers only, nothing is allocated. */
function recolourOne(data: Uint8ClampedArray, index: number, change: Change, results: Uint8ClampedArray, to: number): void {
  const red = TONES[data[index] as number] as number;
  const green = TONES[data[index + 1] as number] as number;
  const blue = TONES[data[index + 2] as number] as number;
  const largest = Math.max(red, green, blue);
  const smallest = Math.min(red, green, blue);
  const sector = sectorOf(red, green, blue, largest, largest - smallest);
  const weight = change.range < 0 ? 1 : weightOf(sector, change);
  const saturation = strengthened(saturationOf(largest, smallest), weight, change.strength);
  const lightness = lifted((largest + smallest) / 2, weight, change.lift);
  const upper = lightness <= 0.5 ? lightness * (1 + saturation) : lightness + saturation - lightness * saturation;
  const lower = 2 * lightness - upper;
  const turned = wrapped(sector + weight * change.turn * (SIXTHS / 2));
  results[to] = trapezium(turned + 2, lower, upper) * TOP;
  results[to + 1] = trapezium(turned, lower, upper) * TOP;
  results[to + 2] = trapezium(turned - 2, lower, upper) * TOP;
}

/** Hue in sixths of the circle, 0..6; a grey's is 0. */
function sectorOf(red: number, green: number, blue: number, largest: number, spread: number): number {
  if (spread === 0) return 0;
  if (green === largest && red !== largest) return 2 + (blue - red) / spread;
  if (red !== largest) return 4 + (red - green) / spread;
  const sector = (green - blue) / spread;
  return sector < 0 ? sector + SIXTHS : sector;
}

function saturationOf(largest: number, smallest: number): number {
  const spread = largest - smallest;
  const total = largest + smallest;
  if (spread === 0) return 0;
  return spread / (total / 2 <= 0.5 ? total : 2 - total);
}

function strengthened(saturation: number, weight: number, strength: number): number {
  return weight * clamp(saturation * strength, 0, 1) + (1 - weight) * saturation;
}

function lifted(lightness: number, weight: number, lift: number): number {
  const lit = lift < 0 ? lightness * (1 + lift) : lightness + lift * (1 - lightness);
  return weight * lit + (1 - weight) * lightness;
}

/** How far a hue belongs to the range: 0 to 1. */
function weightOf(sector: number, { overlap, range }: Change): number {
  let first = 0;
  while (first < SIXTHS && first + 0.5 + overlap / 2 <= sector) first++;
  const second = overlap ? clamp(sector - first - 0.5 + overlap / 2, 0, overlap) / overlap : 0;
  return (first % SIXTHS === range ? 1 - second : 0) + ((first + 1) % SIXTHS === range ? second : 0);
}

function wrapped(sector: number): number {
  const low = sector < 0 ? sector + SIXTHS : sector;
  return low > SIXTHS ? low - SIXTHS : low;
}

/** A colour's value, which rises over a sixth of the circle, stays for two, and falls again. */
function trapezium(around: number, lower: number, upper: number): number {
  const high = around >= SIXTHS ? around - SIXTHS : around;
  const place = high < 0 ? high + SIXTHS : high;
  return lower + (upper - lower) * clamp(Math.min(place, 4 - place), 0, 1);
}
