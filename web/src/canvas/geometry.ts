/**
 * Points, rectangles and the way from the picture to the screen.
 *
 * A point on the screen and a point in the picture have the same shape and must never be mixed up, so each carries its space in its type.
 */

declare const space: unique symbol;

/** A point of the drawing area, in CSS pixels from its left upper corner. */
export type ScreenPoint = { readonly x: number; readonly y: number; readonly [space]: "screen" };

/** A point of the picture; the pixel in column 3 reaches from 3 to 4. */
export type ImagePoint = { readonly x: number; readonly y: number; readonly [space]: "image" };

/** A rectangle of the picture's pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the picture lies on the screen: screen = image · scale + offset. */
export interface Transform {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const NOWHERE: Rect = { x: 0, y: 0, width: 0, height: 0 };

export function screenPoint(x: number, y: number): ScreenPoint {
  return { x, y } as ScreenPoint;
}

export function imagePoint(x: number, y: number): ImagePoint {
  return { x, y } as ImagePoint;
}

export function toImage(at: ScreenPoint, { scale, x, y }: Transform): ImagePoint {
  return imagePoint((at.x - x) / scale, (at.y - y) / scale);
}

export function toScreen(at: ImagePoint, { scale, x, y }: Transform): ScreenPoint {
  return screenPoint(at.x * scale + x, at.y * scale + y);
}

/** The part of the screen that a part of the picture takes. */
export function rectOnScreen(rect: Rect, { scale, x, y }: Transform): Rect {
  return { x: rect.x * scale + x, y: rect.y * scale + y, width: rect.width * scale, height: rect.height * scale };
}

export function isEmpty(rect: Rect): boolean {
  return rect.width <= 0 || rect.height <= 0;
}

export function whole({ width, height }: Size): Rect {
  return { x: 0, y: 0, width, height };
}

/** The smallest rectangle that holds both. */
export function union(a: Rect, b: Rect): Rect {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y };
}

/** What two rectangles have in common; empty where they only touch. */
export function intersection(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : NOWHERE;
}

/** The rectangle of whole pixels that holds another one, and some more on each side. */
export function outward(rect: Rect, more = 0): Rect {
  if (isEmpty(rect)) return NOWHERE;
  const x = Math.floor(rect.x - more);
  const y = Math.floor(rect.y - more);
  return { x, y, width: Math.ceil(rect.x + rect.width + more) - x, height: Math.ceil(rect.y + rect.height + more) - y };
}

/** The rectangle with two points as its opposite corners. */
export function rectBetween(a: ImagePoint, b: ImagePoint): Rect {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

/** The rectangle around some points. */
export function rectAround(points: readonly ImagePoint[]): Rect {
  const [first] = points;
  if (!first) return NOWHERE;
  let [left, top, right, bottom] = [first.x, first.y, first.x, first.y];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
