import { complete, type BrightnessContrast } from "./adjustment";
import type { ToneMap } from "./tones";

/** Brightness, then contrast about the middle grey; the formulas are those of `brightness_contrast.py`. */
export function mapBrightnessContrast(adjustment: BrightnessContrast): ToneMap {
  const { brightness, contrast } = complete(adjustment);
  const half = brightness / 2;
  const slope = Math.tan(((contrast + 1) * Math.PI) / 4);
  return (value) => {
    const lit = half < 0 ? value * (1 + half) : value + (1 - value) * half;
    return (lit - 0.5) * slope + 0.5;
  };
}
