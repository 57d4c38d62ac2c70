/** Which of several frames lies next to one, on the screen. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Way = "left" | "right" | "up" | "down";

/** The index of the box to go to; the one gone from where there is none. Left and right follow the order of reading. */
export function neighbour(boxes: readonly Box[], from: number, way: Way): number {
  if (way === "left") return Math.max(0, from - 1);
  if (way === "right") return Math.min(boxes.length - 1, from + 1);
  const start = boxes[from];
  if (!start) return from;
  const sign = way === "down" ? 1 : -1;
  let best = from;
  let least = Infinity;
  boxes.forEach((box, index) => {
    const away = sign * (middle(box).y - middle(start).y);
    if (away < Math.min(start.height, box.height) / 2) return;
    const cost = away * 4 + Math.abs(middle(box).x - middle(start).x);
    if (cost >= least) return;
    least = cost;
    best = index;
  });
  return best;
}

function middle({ left, top, width, height }: Box): { x: number; y: number } {
  return { x: left + width / 2, y: top + height / 2 };
}
