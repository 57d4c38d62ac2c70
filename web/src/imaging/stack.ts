/** A list of adjustments, applied in order; the same rules as `stack.py`. */

import { complete, type Adjustment, type Kind, type OfKind } from "./adjustment";
import { applyAutoLevels } from "./auto_levels";
import { mapBrightnessContrast } from "./brightness_contrast";
import { places } from "./channels";
import { applyCrop, croppedSize } from "./crop";
import { mapCurve } from "./curves";
import { applyHueSaturation } from "./hue_saturation";
import { mapLevels } from "./levels";
import type { Pixels, Size } from "./pixels";
import { applyResize, resizedSize } from "./resize";
import { applyRotate, rotatedSize } from "./rotate";
import { applySharpen } from "./sharpen";
import { ToneTables, type ToneMap } from "./tones";

/** What carries an adjustment out: a map of tones, which goes into a table, or a change of pixels. */
interface Work<A extends Adjustment> {
  readonly tone?: (adjustment: A) => ToneMap;
  readonly change?: (adjustment: A, pixels: Pixels) => Pixels;
  readonly size?: (adjustment: A, size: Size) => Size;
}

const WORKS: { readonly [K in Kind]: Work<OfKind<K>> } = {
  levels: { tone: mapLevels },
  auto_levels: { change: (_, pixels) => applyAutoLevels(pixels) },
  curves: { tone: mapCurve },
  brightness_contrast: { tone: mapBrightnessContrast },
  hue_saturation: { change: applyHueSaturation },
  crop: { change: applyCrop, size: croppedSize },
  resize: { change: applyResize, size: resizedSize },
  rotate: { change: applyRotate, size: rotatedSize },
  sharpen: { change: applySharpen },
};

/** Pixels after all the adjustments. Tone adjustments one after another are one pass over them. */
export function applyAdjustments(pixels: Pixels, adjustments: readonly Adjustment[]): Pixels {
  let tables = ToneTables.forChannels(pixels.channels);
  for (const adjustment of adjustments) {
    const { tone, change } = workOf(adjustment);
    if (tone) tables = tables.then(places(channelOf(adjustment), pixels.channels), tone(adjustment));
    if (change) {
      pixels = change(adjustment, tables.apply(pixels));
      tables = ToneTables.forChannels(pixels.channels);
    }
  }
  return tables.apply(pixels);
}

/** Width and height after all the adjustments, without the pixels. */
export function adjustedSize(size: Size, adjustments: readonly Adjustment[]): Size {
  return adjustments.reduce((before, adjustment) => sizeAfter(adjustment, before), size);
}

/** Width and height after one adjustment; it refuses what cannot be. */
export function sizeAfter(adjustment: Adjustment, size: Size): Size {
  return workOf(adjustment).size?.(adjustment, size) ?? size;
}

function workOf<A extends Adjustment>(adjustment: A): Work<A> {
  return WORKS[adjustment.kind] as unknown as Work<A>;
}

function channelOf(adjustment: Adjustment) {
  return adjustment.kind === "levels" || adjustment.kind === "curves" ? complete(adjustment).channel : "value";
}
