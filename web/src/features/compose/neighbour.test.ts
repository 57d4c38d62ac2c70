import { describe, expect, it } from "vitest";
import { neighbour, type Box } from "./neighbour";

/** Two large boxes side by side, and below them a row of four small ones. */
const BOXES: Box[] = [
  { left: 0, top: 0, width: 200, height: 200 },
  { left: 200, top: 0, width: 200, height: 200 },
  ...[0, 100, 200, 300].map((left) => ({ left, top: 240, width: 100, height: 100 })),
];

describe("the neighbour of a frame", () => {
  it.each([
    ["right", 0, 1],
    ["right", 1, 2],
    ["left", 2, 1],
    ["left", 0, 0],
    ["right", 5, 5],
    ["down", 0, 2],
    ["down", 1, 4],
    ["up", 5, 1],
    ["up", 0, 0],
    ["down", 3, 3],
  ] as const)("to the %s of %i is %i", (way, from, to) => {
    expect(neighbour(BOXES, from, way)).toBe(to);
  });

  it("is not a frame of the same row when going down", () => {
    expect(neighbour(BOXES.slice(0, 2), 0, "down")).toBe(0);
  });
});
