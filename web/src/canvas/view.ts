/** How the picture is looked at: panned, zoomed, fitted into its frame. Views are values; every act gives a new one. */

import { screenPoint, toImage, type ScreenPoint, type Size, type Transform } from "./geometry";

export const SMALLEST_SCALE = 1 / 32;
export const LARGEST_SCALE = 32;

/** CSS pixels of the picture that stay in sight, however far it is panned. */
const KEPT = 48;
const MARGIN = 24;

/** The whole picture in the middle of its frame; small pictures are enlarged by whole factors only, so that their pixels stay even. */
export function fitted(picture: Size, frame: Size): Transform {
  const free = (side: number): number => Math.max(side - 2 * MARGIN, 1);
  const exact = Math.min(free(frame.width) / picture.width, free(frame.height) / picture.height);
  return centred(picture, frame, clampScale(exact >= 2 ? Math.floor(exact) : exact));
}

/** Zoomed by a factor around a point, which stays where it is. */
export function zoomed(view: Transform, at: ScreenPoint, factor: number): Transform {
  return scaledTo(view, at, view.scale * factor);
}

/** At a scale, with the picture's point under `at` kept there. */
export function scaledTo(view: Transform, at: ScreenPoint, wanted: number): Transform {
  const scale = clampScale(wanted);
  const under = toImage(at, view);
  return { scale, x: at.x - under.x * scale, y: at.y - under.y * scale };
}

export function panned(view: Transform, dx: number, dy: number): Transform {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy };
}

/** Moved so far back that some of the picture is in the frame. */
export function keptInSight(view: Transform, picture: Size, frame: Size): Transform {
  const within = (offset: number, side: number, room: number): number => {
    const kept = Math.min(KEPT, side * view.scale, room);
    return Math.min(Math.max(offset, kept - side * view.scale), room - kept);
  };
  return { scale: view.scale, x: within(view.x, picture.width, frame.width), y: within(view.y, picture.height, frame.height) };
}

/** Between "whole picture" and "one pixel for one pixel": whichever is not the case now. */
export function toggled(view: Transform, at: ScreenPoint, picture: Size, frame: Size, onePixel: number): Transform {
  return Math.abs(view.scale - onePixel) < 1e-6 ? fitted(picture, frame) : scaledTo(view, at, onePixel);
}

/** Two fingers: where both are now, given where both were. */
export function pinched(view: Transform, before: readonly [ScreenPoint, ScreenPoint], after: readonly [ScreenPoint, ScreenPoint]): Transform {
  const spread = (pair: readonly [ScreenPoint, ScreenPoint]): number => Math.hypot(pair[0].x - pair[1].x, pair[0].y - pair[1].y);
  const middle = (pair: readonly [ScreenPoint, ScreenPoint]): ScreenPoint => screenPoint((pair[0].x + pair[1].x) / 2, (pair[0].y + pair[1].y) / 2);
  const [from, to] = [middle(before), middle(after)];
  const factor = spread(before) > 0 ? spread(after) / spread(before) : 1;
  return panned(zoomed(view, from, factor), to.x - from.x, to.y - from.y);
}

function centred(picture: Size, frame: Size, scale: number): Transform {
  return {
    scale,
    x: Math.round((frame.width - picture.width * scale) / 2),
    y: Math.round((frame.height - picture.height * scale) / 2),
  };
}

function clampScale(scale: number): number {
  return Math.min(Math.max(scale, SMALLEST_SCALE), LARGEST_SCALE);
}
