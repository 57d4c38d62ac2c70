/** Automatic levels: each channel's inputs, read off its histogram as `auto_levels.py` does. */

import type { Channel, Levels } from "./adjustment";
import { places } from "./channels";
import { countTones } from "./histogram";
import { mapLevels } from "./levels";
import type { Pixels } from "./pixels";
import { ToneTables } from "./tones";

/** Share of the pixels that is cut off at each end, as nearly as whole bins allow. */
const CLIPPED = 0.006;

export function applyAutoLevels(pixels: Pixels): Pixels {
  return findLevels(pixels)
    .reduce(
      (tables, levels) => tables.then(places(levels.channel, pixels.channels), mapLevels(levels)),
      ToneTables.forChannels(pixels.channels),
    )
    .apply(pixels);
}

export type FoundLevels = Levels & Required<Pick<Levels, "channel" | "low_input" | "high_input">>;

/** The levels that auto levels means for these pixels, which can be shown and edited. */
export function findLevels(pixels: Pixels): FoundLevels[] {
  const channels: Channel[] = pixels.channels === 1 ? ["value"] : ["red", "green", "blue"];
  return channels.map((channel) => stretched(channel, countTones(pixels, channel)));
}

function stretched(channel: Channel, counts: Float64Array): FoundLevels {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!total) return { kind: "levels", channel, low_input: 0, high_input: 0 }; // nothing can be seen
  const last = counts.length - 1;
  const dark = binBehindCut(counts, total);
  const bright = binBehindCut(counts.toReversed(), total);
  return {
    kind: "levels",
    channel,
    low_input: dark === undefined ? 0 : dark / last,
    high_input: bright === undefined ? 1 : (last - bright) / last,
  };
}

/** The bin behind the first one after which the share cut off would be further from what is wanted. */
function binBehindCut(counts: Float64Array, total: number): number | undefined {
  let passed = 0;
  for (let index = 0; index + 1 < counts.length; index++) {
    passed += counts[index] as number;
    const following = passed + (counts[index + 1] as number);
    if (Math.abs(passed / total - CLIPPED) < Math.abs(following / total - CLIPPED)) return index + 1;
  }
  return undefined;
}
