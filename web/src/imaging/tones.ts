/** Whole numbers to tones and back, and tables that map one to the other. */

import type { ChannelCount, Pixels } from "./pixels";

export const TOP = 255;

/** From one tone to another, 0 is black and 1 white; the result may lie beyond. */
export type ToneMap = (value: number) => number;

/** The tones 0/255 to 255/255, in the single precision in which GIMP holds them. */
export const TONES: Float64Array = Float64Array.from({ length: TOP + 1 }, (_, code) => Math.fround(code / TOP));

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** What each of the 256 codes becomes: a clamped array rounds halves to even by itself. */
function tableOf(tone: ToneMap): Uint8ClampedArray {
  return Uint8ClampedArray.from(TONES, (value) => clamp(tone(value), 0, 1) * TOP);
}

/**
 * One table for each channel. Tables one after another make one table, and since each of them
 * rounds, applying that one equals applying them one by one.
 */
export class ToneTables {
  private constructor(
    private readonly tables: readonly Uint8ClampedArray[],
    private readonly isIdentity: boolean,
  ) {}

  /** Tables that change nothing. */
  static forChannels(count: ChannelCount): ToneTables {
    const table = Uint8ClampedArray.from({ length: TOP + 1 }, (_, code) => code);
    return new ToneTables(
      Array.from({ length: count }, () => table),
      true,
    );
  }

  /** These tables, followed by a map of tones in some of the channels. */
  then(channels: readonly number[], tone: ToneMap): ToneTables {
    const next = tableOf(tone);
    const tables = this.tables.map((table, place) =>
      channels.includes(place) ? table.map((code) => next[code] ?? 0) : table,
    );
    return new ToneTables(tables, false);
  }

  /** Each value looked up in its channel's table; the same pixels where nothing changes. */
  apply(pixels: Pixels): Pixels {
    if (this.isIdentity) return pixels;
    const after = new Uint8ClampedArray(pixels.data.length);
    if (pixels.channels === 1) lookUp(pixels.data, after, this.table(0));
    else this.lookUpColours(pixels, after);
    return { ...pixels, data: after };
  }

  private lookUpColours({ channels, data: before }: Pixels, after: Uint8ClampedArray): void {
    const [red, green, blue] = [this.table(0), this.table(1), this.table(2)];
    const alpha = channels === 4 ? this.table(3) : undefined;
    for (let index = 0; index < before.length; index += channels) {
      after[index] = red[before[index] as number] as number;
      after[index + 1] = green[before[index + 1] as number] as number;
      after[index + 2] = blue[before[index + 2] as number] as number;
      if (alpha) after[index + 3] = alpha[before[index + 3] as number] as number;
    }
  }

  private table(place: number): Uint8ClampedArray {
    return this.tables[place] as Uint8ClampedArray;
  }
}

function lookUp(before: Uint8ClampedArray, after: Uint8ClampedArray, table: Uint8ClampedArray): void {
  for (let index = 0; index < before.length; index++) after[index] = table[before[index] as number] as number;
}
