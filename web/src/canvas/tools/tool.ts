/** A tool: what pressing, moving and letting go of the pen does. */

import type { Brush, PenPoint } from "../brush";
import type { ImagePoint, Rect, ScreenPoint } from "../geometry";
import type { Change } from "../history";
import type { Ink } from "../ink";
import type { Color, Raster } from "../raster";

/** The pen on the picture. */
export interface Contact extends PenPoint {
  /** The same place on the screen. */
  readonly on: ScreenPoint;
}

export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
}

/** From `down` until `up` or `cancel` a tool is at work; in between it is idle, and `move` and `up` do nothing. */
export interface Tool {
  down: (contact: Contact, held: Modifiers) => void;
  /** All places since the last call, the latest last. */
  move: (contacts: readonly Contact[]) => void;
  up: () => void;
  /** The pen was lost, or Escape pressed: as if nothing had happened. */
  cancel: () => void;
}

/** What tools work on. */
export interface Desk {
  /** The layer that is drawn on. */
  readonly raster: Raster;
  /** One channel, as large as the raster; empty, and to be left so. */
  readonly cover: Raster;
  readonly brush: Brush;
  /** What a tool lays down, or takes away. */
  readonly ink: (isErasing: boolean) => Ink;
  /** What is to be looked at when filling: the mask itself, or all layers of a sketch. */
  readonly seen: () => Raster;
  /** A part of the layer is to be drawn anew. */
  readonly touch: (rect: Rect) => void;
  /** Something was done that can be undone; it is drawn anew, too. */
  readonly commit: (change: Change, rect: Rect) => void;
  /** Show the outline of what is being drawn. */
  readonly outline: (corners: readonly ImagePoint[]) => void;
  /** Take a colour up from the picture. */
  readonly pick: (color: Color) => void;
  /** Move the picture on the screen. */
  readonly pan: (dx: number, dy: number) => void;
}
