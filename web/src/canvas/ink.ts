/** What is laid down where a stroke or a shape covers: a colour, the white of a mask, or nothing at all. */

import { intersection, isEmpty, type Rect } from "./geometry";
import type { Kept } from "./patch";
import type { Color, Raster } from "./raster";

export interface Ink {
  /** One number for a mask, three for a sketch; `undefined` takes away what is there. */
  readonly value: readonly [number] | Color | undefined;
  readonly opacity: number;
}

/** Lay ink over what was there before, as far as the coverage goes; only in the rectangle, and only in the tiles given. */
export function layInk(raster: Raster, before: readonly Kept[], cover: Raster, rect: Rect, ink: Ink): void {
  const lay = raster.channels === 1 ? layGrey : ink.value ? layColor : takeAway;
  for (const tile of before) {
    const part = intersection(tile.rect, rect);
    if (isEmpty(part)) continue;
    for (let y = part.y; y < part.y + part.height; y += 1) {
      const at = y * raster.width + part.x;
      lay({
        before: tile.pixels,
        from: ((y - tile.rect.y) * tile.rect.width + part.x - tile.rect.x) * raster.channels,
        after: raster.data,
        to: at * raster.channels,
        cover: cover.data.subarray(at, at + part.width),
      }, ink);
    }
  }
}

/** A row of pixels before and after, and how far each is covered. What is not covered has not changed and is left alone. */
interface Row {
  readonly before: Uint8ClampedArray;
  readonly from: number;
  readonly after: Uint8ClampedArray;
  readonly to: number;
  readonly cover: Uint8ClampedArray;
}

function layGrey({ before, from, after, to, cover }: Row, ink: Ink): void {
  const value = ink.value?.[0] ?? 0;
  for (let x = 0; x < cover.length; x += 1) {
    const covered = cover[x] ?? 0;
    if (covered === 0) continue;
    const old = before[from + x] ?? 0;
    after[to + x] = old + ((value - old) * ink.opacity * covered) / 255;
  }
}

/** Porter and Duff's "over", on colours that are not multiplied by their opacity. */
function layColor({ before, from, after, to, cover }: Row, ink: Ink): void {
  const [red = 0, green = 0, blue = 0] = ink.value ?? [];
  for (let x = 0, i = from, o = to; x < cover.length; x += 1, i += 4, o += 4) {
    const share = (ink.opacity * (cover[x] ?? 0)) / 255;
    if (share === 0) continue;
    if (share === 1) {
      after[o] = red;
      after[o + 1] = green;
      after[o + 2] = blue;
      after[o + 3] = 255;
      continue;
    }
    const old = (before[i + 3] ?? 0) / 255;
    const opacity = share + old * (1 - share);
    const part = share / opacity;
    after[o] = mixed(before[i], red, part);
    after[o + 1] = mixed(before[i + 1], green, part);
    after[o + 2] = mixed(before[i + 2], blue, part);
    after[o + 3] = 255 * opacity;
  }
}

function mixed(from = 0, to: number, share: number): number {
  return from + (to - from) * share;
}

function takeAway({ before, from, after, to, cover }: Row, ink: Ink): void {
  for (let x = 0, i = from, o = to; x < cover.length; x += 1, i += 4, o += 4) {
    const share = (ink.opacity * (cover[x] ?? 0)) / 255;
    if (share > 0) after[o + 3] = (before[i + 3] ?? 0) * (1 - share);
  }
}
