/** The spot of a picture that a loupe shows: its middle, as shares of the sides. */

import type { Size } from "../../imaging/pixels";

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where the picture's corner lies in a pane that shows the spot in its middle; a picture that is smaller stands in the middle. */
export function spotOffset(spot: Spot, picture: Size, pane: Size): { left: number; top: number } {
  return { left: Math.round(pane.width / 2 - spot.x * picture.width), top: Math.round(pane.height / 2 - spot.y * picture.height) };
}

/** The spot moved by so many pixels, as far as the pane stays filled. */
export function movedSpot(spot: Spot, across: number, down: number, picture: Size, pane: Size): Spot {
  return {
    x: within(spot.x + across / picture.width, pane.width / picture.width),
    y: within(spot.y + down / picture.height, pane.height / picture.height),
  };
}

function within(middle: number, share: number): number {
  return share >= 1 ? 0.5 : Math.min(1 - share / 2, Math.max(share / 2, middle));
}
