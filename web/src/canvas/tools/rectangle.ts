/** A rectangle of whole pixels between two corners; with Shift, a square. */

import { imagePoint, outward, rectBetween, type ImagePoint } from "../geometry";
import { ShapeTool } from "./shape";
import type { Desk, Modifiers, Tool } from "./tool";

export function rectangle(desk: Desk): Tool {
  return new ShapeTool(desk, cornersOf);
}

function cornersOf(trail: readonly ImagePoint[], { shift }: Modifiers): readonly ImagePoint[] {
  const [from, to] = [trail[0], trail.at(-1)];
  if (!from || !to || trail.length < 2) return [];
  const { x, y, width, height } = outward(rectBetween(from, shift ? squared(from, to) : to));
  return [imagePoint(x, y), imagePoint(x + width, y), imagePoint(x + width, y + height), imagePoint(x, y + height)];
}

function squared(from: ImagePoint, to: ImagePoint): ImagePoint {
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return imagePoint(from.x + side * Math.sign(to.x - from.x), from.y + side * Math.sign(to.y - from.y));
}
