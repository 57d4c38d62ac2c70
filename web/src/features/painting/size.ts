/** Sizes of paintings: multiples of 8, presets, a locked ratio of sides. */

export interface Size {
  width: number;
  height: number;
}

export const STEP = 8;
export const LARGEST = 16384;

/** The nearest size that can be painted. */
export function snap(length: number): number {
  return Math.min(LARGEST, Math.max(STEP, Math.round(length / STEP) * STEP));
}

export const RATIOS = [
  { name: "1:1", ratio: 1 },
  { name: "4:3", ratio: 4 / 3 },
  { name: "3:2", ratio: 3 / 2 },
  { name: "16:9", ratio: 16 / 9 },
] as const;

/** A size of about `side` squared pixels with a ratio of sides. */
export function ofRatio(side: number, ratio: number): Size {
  return { width: snap(side * Math.sqrt(ratio)), height: snap(side / Math.sqrt(ratio)) };
}

/** The size after one side was changed; the other follows where a ratio of sides is given. */
export function resized(size: Size, side: keyof Size, length: number, ratio?: number): Size {
  if (ratio === undefined || length === 0) return { ...size, [side]: length };
  return side === "width" ? { width: length, height: snap(length / ratio) } : { width: snap(length * ratio), height: length };
}

export function swapped({ width, height }: Size): Size {
  return { width: height, height: width };
}
