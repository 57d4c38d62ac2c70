/**
 * Levels: the tones between two inputs, stretched to two outputs, with a gamma in between. The
 * formula is that of `levels.py`.
 */

import { complete, type Levels } from "./adjustment";
import { clamp, type ToneMap } from "./tones";

/** Keeps limits a hair's breadth apart from overflowing anything where no input is clamped. */
const FARTHEST = 1e30;

export function mapLevels(adjustment: Levels): ToneMap {
  const levels = complete(adjustment);
  const { low_input: low, high_input: high } = levels;
  const least = levels.clamp_input ? 0 : -FARTHEST;
  const most = levels.clamp_input ? 1 : FARTHEST;
  const power = 1 / levels.gamma;
  const spread = levels.high_output - levels.low_output;
  return (value) => {
    let mapped = clamp(high === low ? value - low : (value - low) / (high - low), least, most);
    if (levels.gamma !== 1 && mapped > 0) mapped **= power;
    mapped = levels.low_output + mapped * spread;
    return levels.clamp_output ? clamp(mapped, 0, 1) : mapped;
  };
}
