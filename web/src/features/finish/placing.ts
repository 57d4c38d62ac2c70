/** Where a picture stands in its box, and how many pixels of it are needed for that. */

import type { Frame } from "../../imaging/crop_frame";
import type { Size } from "../../imaging/pixels";

/** A place on the picture, 0 to 1 each way. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed {
  /** In pixels of the page. */
  readonly shown: Size;
  /** In pixels of the screen. */
  readonly pixels: Size;
  /** The part of the picture that is in sight, where that is not all of it. */
  readonly window?: Frame;
  /** The middle of what is in sight. */
  readonly centre: Point;
}

interface Sight {
  readonly zoom: "fit" | "one";
  readonly centre: Point;
  /** Pixels of the screen to one of the page. */
  readonly density: number;
}

/** A small picture is enlarged so many times at most. */
const LARGEST_FIT = 6;
const MIDDLE: Point = { x: 0.5, y: 0.5 };

export function placePicture(picture: Size, box: Size, { zoom, centre, density }: Sight): Placed {
  if (zoom === "fit") {
    const scale = Math.min(box.width / picture.width, box.height / picture.height, LARGEST_FIT);
    const shown = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
    return { shown, pixels: scaled(shown, density), centre: MIDDLE };
  }
  const width = Math.min(picture.width, Math.floor(box.width * density));
  const height = Math.min(picture.height, Math.floor(box.height * density));
  const left = beginning(centre.x, picture.width, width);
  const top = beginning(centre.y, picture.height, height);
  return {
    shown: { width: width / density, height: height / density },
    pixels: { width, height },
    window: { left, top, width, height },
    centre: { x: (left + width / 2) / picture.width, y: (top + height / 2) / picture.height },
  };
}

function scaled({ width, height }: Size, by: number): Size {
  return { width: Math.round(width * by), height: Math.round(height * by) };
}

function beginning(centre: number, whole: number, part: number): number {
  return Math.round(Math.min(Math.max(0, centre * whole - part / 2), whole - part));
}
