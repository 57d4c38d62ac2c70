/** Layers laid over each other: on the screen, as far as something has changed; and as one raster, for the server. */

import { intersection, isEmpty, outward, rectOnScreen, whole, type Rect, type Size, type Transform } from "./geometry";
import { createRaster, type Raster } from "./raster";

/** Something to be drawn over the whole picture. */
export interface Sheet {
  readonly image: CanvasImageSource & Size;
  readonly opacity: number;
  /** The part of the picture where it is shown; everywhere if it is not told. */
  readonly shown?: Rect;
  /** Whether it stays as it is while strokes are drawn, and so may be scaled with more care. */
  readonly isStill?: boolean;
}

/** At this scale and above, pixels are shown as squares. */
const SQUARES = 8;

/**
 * Draw sheets over each other.
 *
 * @param view Where the picture lies, in pixels of the canvas.
 * @param dirty The part of the picture that has changed; all of the canvas if it is not told.
 */
export function drawSheets(context: CanvasRenderingContext2D, sheets: readonly Sheet[], picture: Size, view: Transform, dirty?: Rect): void {
  const canvas = whole(context.canvas);
  const area = dirty ? intersection(outward(rectOnScreen(dirty, view), 2), canvas) : canvas;
  if (isEmpty(area)) return;
  context.save();
  context.beginPath();
  context.rect(area.x, area.y, area.width, area.height);
  context.clip();
  context.clearRect(area.x, area.y, area.width, area.height);
  for (const sheet of sheets) drawSheet(context, sheet, picture, view);
  context.restore();
}

function drawSheet(context: CanvasRenderingContext2D, sheet: Sheet, picture: Size, view: Transform): void {
  const { image, opacity, shown = whole(picture), isStill = false } = sheet;
  const [x, y] = [image.width / picture.width, image.height / picture.height];
  const place = rectOnScreen(shown, view);
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = view.scale / x < SQUARES;
  context.imageSmoothingQuality = isStill ? "high" : "low";
  context.drawImage(
    image, shown.x * x, shown.y * y, shown.width * x, shown.height * y, place.x, place.y, place.width, place.height,
  );
}

/** Layers over each other as one raster of four channels, the lowest first. */
export function flattened(layers: readonly { readonly raster: Raster; readonly opacity: number }[], size: Size): Raster {
  const result = createRaster(size, 4);
  for (const { raster, opacity } of layers) layOver(result.data, raster.data, opacity);
  return result;
}

function layOver(under: Uint8ClampedArray, over: Uint8ClampedArray, strength: number): void {
  for (let at = 0; at < under.length; at += 4) {
    const share = ((over[at + 3] ?? 0) / 255) * strength;
    if (share === 0) continue;
    const below = (under[at + 3] ?? 0) / 255;
    const opacity = share + below * (1 - share);
    for (let channel = at; channel < at + 3; channel += 1) {
      const old = under[channel] ?? 0;
      under[channel] = old + ((over[channel] ?? 0) - old) * (share / opacity);
    }
    under[at + 3] = 255 * opacity;
  }
}

/** A mask as an opaque picture: white where it is painted, black elsewhere. */
export function greyPicture(mask: Raster): Raster {
  const result = createRaster(mask, 4);
  for (let from = 0, to = 0; from < mask.data.length; from += 1, to += 4) {
    const value = mask.data[from] ?? 0;
    result.data[to] = value;
    result.data[to + 1] = value;
    result.data[to + 2] = value;
    result.data[to + 3] = 255;
  }
  return result;
}
