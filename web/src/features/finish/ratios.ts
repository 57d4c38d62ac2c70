/** Ratios of sides in which pictures are cropped. */

import type { Size } from "../../imaging/pixels";
import { words } from "../../words/en";

export const FREE: string = words.finish.free;
const ORIGINAL: string = words.finish.original;

export const RATIOS: readonly string[] = [FREE, ORIGINAL, "1:1", "5:4", "4:5", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16", "21:9"];

/** Width to height; undefined where any will do. */
export function ratioOf(name: string, picture: Size): number | undefined {
  if (name === FREE) return undefined;
  if (name === ORIGINAL) return picture.width / picture.height;
  const [width = 1, height = 1] = name.split(":").map(Number);
  return width / height;
}
