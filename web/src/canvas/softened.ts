/**
 * A mask as the server blurs it, reckoned only where it is asked for: a Gaussian along rows and then along columns, in whole numbers, with
 * weights in 256ths whose rounding errors are carried on to the next weight, and edges mirrored. That is how OpenCV blurs bytes.
 */

import { intersection, NOWHERE, outward, whole, type Rect } from "./geometry";
import type { Raster } from "./raster";

const ONE = 256;

export class Softened {
  readonly #mask: Raster;
  readonly #weights: readonly number[];
  readonly #reach: number;
  /** Rows that are blurred along themselves, as far as they have been needed. */
  readonly #rows = new Map<number, Uint8Array>();

  constructor(mask: Raster, deviation: number) {
    this.#mask = mask;
    this.#weights = weights(deviation);
    this.#reach = (this.#weights.length - 1) / 2;
  }

  /** The smallest rectangle around all that is not black, given that around what was not before; empty where all is. */
  bounds(sharp: Rect): Rect {
    const around = intersection(outward(sharp, this.#reach), whole(this.#mask));
    const columns = range(around.x, around.width);
    const rows = range(around.y, around.height);
    const top = rows.find((y) => this.#isSeenInRow(y, columns));
    const bottom = rows.findLast((y) => this.#isSeenInRow(y, columns));
    if (top === undefined || bottom === undefined) return NOWHERE;
    const seen = range(top, bottom - top + 1);
    const isSeen = (x: number): boolean => seen.some((y) => this.#isSeen(x, this.#window(y)));
    const [left = 0, right = 0] = [columns.find(isSeen), columns.findLast(isSeen)];
    return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  }

  #isSeenInRow(y: number, columns: readonly number[]): boolean {
    const rows = this.#window(y);
    return columns.some((x) => this.#isSeen(x, rows));
  }

  /** Whether something of a column is left after the blur along columns. */
  #isSeen(x: number, rows: readonly Uint8Array[]): boolean {
    let sum = ONE / 2;
    for (let place = 0; place < rows.length; place += 1) sum += (rows[place]?.[x] ?? 0) * (this.#weights[place] ?? 0);
    return sum >= ONE;
  }

  #window(y: number): Uint8Array[] {
    return this.#weights.map((_, place) => this.#row(mirrored(y + place - this.#reach, this.#mask.height)));
  }

  #row(y: number): Uint8Array {
    const found = this.#rows.get(y);
    if (found) return found;
    const { width, data } = this.#mask;
    const sums = new Float64Array(width + 2 * this.#reach).fill(ONE / 2);
    for (let x = -this.#reach; x < width + this.#reach; x += 1) {
      const value = data[y * width + mirrored(x, width)] ?? 0;
      for (let place = Math.max(0, -x); value && place < this.#weights.length; place += 1) {
        sums[x + place] = (sums[x + place] ?? 0) + value * (this.#weights[place] ?? 0);
      }
    }
    const row = Uint8Array.from(sums.subarray(this.#reach, this.#reach + width), (sum) => sum / ONE);
    this.#rows.set(y, row);
    return row;
  }
}

/** A Gaussian that reaches 2.5 standard deviations, in 256ths that make 256 together. */
export function weights(deviation: number): readonly number[] {
  const reach = Math.floor(2.5 * deviation + 0.5);
  if (deviation <= 0 || reach === 0) return [ONE];
  const exact = Array.from({ length: 2 * reach + 1 }, (_, place) => Math.exp(-((place - reach) ** 2) / (2 * deviation ** 2)));
  const sum = exact.reduce((total, each) => total + each);
  const found = new Array<number>(2 * reach + 1).fill(0);
  let [error, middle] = [0, ONE];
  for (let place = 0; place < reach; place += 1) {
    const wanted = ((exact[place] ?? 0) / sum) * ONE + error;
    const weight = roundedToEven(wanted);
    error = wanted - weight;
    middle -= 2 * weight;
    found[place] = found[2 * reach - place] = weight;
  }
  found[reach] = middle;
  return found;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** An index beyond an edge, thrown back from it; the edge itself is not doubled. */
function mirrored(index: number, length: number): number {
  if (length === 1) return 0;
  const turn = 2 * (length - 1);
  const place = ((index % turn) + turn) % turn;
  return place < length ? place : turn - place;
}
