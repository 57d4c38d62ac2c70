/** The rectangle of a crop under the artist's hand, in whole pixels of the picture. */

import type { Size } from "./pixels";
import { clamp } from "./tones";

export interface Frame extends Size {
  readonly left: number;
  readonly top: number;
}

/** Which edges a handle drags; none drags the whole frame. */
export type Handle = "move" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw";

/** The largest frame of a ratio of width to height, in the middle. */
export function largestFrame(ratio: number, picture: Size): Frame {
  const width = clamp(Math.round(picture.height * ratio), 1, picture.width);
  const height = clamp(Math.round(width / ratio), 1, picture.height);
  return {
    left: Math.floor((picture.width - width) / 2),
    top: Math.floor((picture.height - height) / 2),
    width,
    height,
  };
}

/** A frame within the picture, as near to what is wanted as can be. */
export function framedWithin(frame: Frame, picture: Size): Frame {
  const width = clamp(Math.round(frame.width), 1, picture.width);
  const height = clamp(Math.round(frame.height), 1, picture.height);
  return {
    left: clamp(Math.round(frame.left), 0, picture.width - width),
    top: clamp(Math.round(frame.top), 0, picture.height - height),
    width,
    height,
  };
}

/**
 * A frame after one of its handles was dragged by so many pixels. With a ratio the opposite corner
 * stays where it is, or, where an edge was dragged, the middle of the opposite edge.
 */
export function draggedFrame(
  frame: Frame,
  handle: Handle,
  [across, down]: readonly [number, number],
  picture: Size,
  ratio?: number,
): Frame {
  if (handle === "move") return framedWithin({ ...frame, left: frame.left + across, top: frame.top + down }, picture);
  const edges = draggedEdges(frame, handle, across, down, picture);
  return ratio ? withRatio(edges, handle, ratio, picture) : edges;
}

function draggedEdges(frame: Frame, handle: Handle, across: number, down: number, picture: Size): Frame {
  let { left, top } = frame;
  let right = left + frame.width;
  let bottom = top + frame.height;
  if (handle.includes("w")) left = clamp(Math.round(left + across), 0, right - 1);
  if (handle.includes("e")) right = clamp(Math.round(right + across), left + 1, picture.width);
  if (handle.includes("n")) top = clamp(Math.round(top + down), 0, bottom - 1);
  if (handle.includes("s")) bottom = clamp(Math.round(bottom + down), top + 1, picture.height);
  return { left, top, width: right - left, height: bottom - top };
}

function withRatio(edges: Frame, handle: Handle, ratio: number, picture: Size): Frame {
  const isUpright = handle === "n" || handle === "s";
  const anchorX = handle.includes("w") ? 1 : handle.includes("e") ? 0 : 0.5;
  const anchorY = handle.includes("n") ? 1 : handle.includes("s") ? 0 : 0.5;
  const x = edges.left + edges.width * anchorX;
  const y = edges.top + edges.height * anchorY;
  const wanted = isUpright ? edges.height * ratio : edges.width;
  const width = Math.min(wanted, room(x, anchorX, picture.width), room(y, anchorY, picture.height) * ratio);
  const height = width / ratio;
  return framedWithin({ left: x - width * anchorX, top: y - height * anchorY, width, height }, picture);
}

/** How long a side may be whose share before the anchor is given. */
function room(anchor: number, share: number, length: number): number {
  const before = share ? anchor / share : Infinity;
  const after = share < 1 ? (length - anchor) / (1 - share) : Infinity;
  return Math.min(before, after);
}

/** Degrees, clockwise, that bring a line to the nearer of level and upright. */
export function straightening(across: number, down: number): number {
  const angle = (Math.atan2(down, across) * 180) / Math.PI;
  const rest = angle - 90 * Math.round(angle / 90);
  return rest === 0 ? 0 : -rest;
}
