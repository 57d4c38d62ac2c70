import type { Channel } from "./adjustment";
import type { ChannelCount } from "./pixels";

const COLOURS: readonly Channel[] = ["red", "green", "blue"];

/** Places of a channel among so many; "value" is red, green and blue alike. */
export function places(channel: Channel, count: ChannelCount): readonly number[] {
  if (channel === "value") return count === 1 ? [0] : [0, 1, 2];
  if (channel === "alpha") {
    if (count === 4) return [3];
    throw new RangeError("channel: the picture has no alpha");
  }
  if (count === 1) throw new RangeError(`channel: the picture is greyscale and has no ${channel}; adjust its value`);
  return [COLOURS.indexOf(channel)];
}
