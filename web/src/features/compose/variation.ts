/** How much of a second seed is mixed in. */

import { words } from "../../words/en";

/** A strength that keeps the picture and changes its particulars. */
export const NEAR = 0.2;

export function variationEffect(strength: number): string {
  const { same, near, akin, far } = words.compose.variation.effects;
  if (strength === 0) return same;
  if (strength <= 0.3) return near;
  return strength <= 0.6 ? akin : far;
}
