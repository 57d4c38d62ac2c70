import { complete, type Crop } from "./adjustment";
import { blankPixels, type Pixels, type Size } from "./pixels";

/** The pixels within the rectangle, untouched. */
export function applyCrop(adjustment: Crop, pixels: Pixels): Pixels {
  const { left, top, width, height } = complete(adjustment);
  const cropped = blankPixels({ width, height }, pixels.channels);
  const length = width * pixels.channels;
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * pixels.width + left) * pixels.channels;
    cropped.data.set(pixels.data.subarray(start, start + length), row * length);
  }
  return cropped;
}

/** Width and height that are left of a picture in which the rectangle lies. */
export function croppedSize(adjustment: Crop, size: Size): Size {
  const { left, top, width, height } = complete(adjustment);
  const picture = `the picture has ${size.width}x${size.height} pixels`;
  if (left + width > size.width) throw new RangeError(`width: the rectangle ends at ${left + width}, but ${picture}`);
  if (top + height > size.height) throw new RangeError(`height: the rectangle ends at ${top + height}, but ${picture}`);
  return { width, height };
}
