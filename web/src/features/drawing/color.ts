/** Colours as they are written. */

import type { Color } from "../../canvas/raster";

export function toHex(color: Color): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** The colour that is written, with or without "#", in three digits or six; `undefined` where there is none. */
export function readHex(text: string): Color | undefined {
  const digits = text.trim().replace(/^#/, "").toLowerCase();
  const long = digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits;
  if (!/^[0-9a-f]{6}$/.test(long)) return undefined;
  const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16));
  return [red ?? 0, green ?? 0, blue ?? 0];
}
