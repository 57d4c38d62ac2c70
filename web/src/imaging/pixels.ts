/** Pictures as whole numbers from 0 to 255, row by row, channels together. */

export type ChannelCount = 1 | 3 | 4;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** 1 channel is grey, 3 are RGB, 4 are RGB and alpha, not multiplied by it. */
export interface Pixels extends Size {
  readonly channels: ChannelCount;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export function blankPixels({ width, height }: Size, channels: ChannelCount): Pixels {
  return { width, height, channels, data: new Uint8ClampedArray(width * height * channels) };
}

/** The same without alpha where every pixel hides what lies behind it. */
export function withoutIdleAlpha(pixels: Pixels): Pixels {
  if (pixels.channels !== 4) return pixels;
  const { data: before } = pixels;
  for (let index = 3; index < before.length; index += 4) if (before[index] !== 255) return pixels;
  const opaque = blankPixels(pixels, 3);
  const after = opaque.data;
  for (let from = 0, to = 0; from < before.length; from += 4, to += 3) {
    after[to] = before[from] as number;
    after[to + 1] = before[from + 1] as number;
    after[to + 2] = before[from + 2] as number;
  }
  return opaque;
}

/** The same as RGB and alpha, which a canvas draws. */
export function withAlpha(pixels: Pixels): Pixels {
  const { channels, data: before } = pixels;
  if (channels === 4) return pixels;
  const drawable = blankPixels(pixels, 4);
  const after = drawable.data;
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let from = 0, to = 0; from < before.length; from += channels, to += 4) {
    after[to] = before[from] as number;
    after[to + 1] = before[from + green] as number;
    after[to + 2] = before[from + blue] as number;
    after[to + 3] = 255;
  }
  return drawable;
}
