import { describe, expect, it } from "vitest";
import { draggedFrame, framedWithin, largestFrame, straightening } from "./crop_frame";

const picture = { width: 200, height: 100 };
const frame = { left: 50, top: 20, width: 80, height: 40 };

describe("the frame of a crop", () => {
  it("begins as the largest of its ratio, in the middle", () => {
    expect(largestFrame(1, picture)).toEqual({ left: 50, top: 0, width: 100, height: 100 });
    expect(largestFrame(4, picture)).toEqual({ left: 0, top: 25, width: 200, height: 50 });
  });

  it("moves up to the picture's edge and keeps its size", () => {
    expect(draggedFrame(frame, "move", [500, -500], picture)).toEqual({ left: 120, top: 0, width: 80, height: 40 });
  });

  it("follows the edges that are dragged and no others", () => {
    expect(draggedFrame(frame, "nw", [-10, 5], picture)).toEqual({ left: 40, top: 25, width: 90, height: 35 });
    expect(draggedFrame(frame, "e", [20, 99], picture)).toEqual({ left: 50, top: 20, width: 100, height: 40 });
  });

  it("keeps a pixel where an edge is dragged past the other", () => {
    expect(draggedFrame(frame, "e", [-300, 0], picture)).toMatchObject({ left: 50, width: 1 });
    expect(draggedFrame(frame, "n", [0, 300], picture)).toMatchObject({ top: 59, height: 1 });
  });

  it("keeps its ratio and the corner opposite to the one dragged", () => {
    const dragged = draggedFrame(frame, "se", [20, 0], picture, 2);
    expect(dragged).toEqual({ left: 50, top: 20, width: 100, height: 50 });
    const back = draggedFrame(frame, "nw", [20, 0], picture, 2);
    expect([back.left + back.width, back.top + back.height]).toEqual([130, 60]);
  });

  it("keeps its ratio at the picture's edge", () => {
    const dragged = draggedFrame(frame, "se", [500, 0], picture, 1);
    expect(dragged).toEqual({ left: 50, top: 20, width: 80, height: 80 });
  });

  it("keeps the middle of the edge opposite to one dragged", () => {
    const dragged = draggedFrame(frame, "s", [0, 20], picture, 2);
    expect(dragged).toEqual({ left: 30, top: 20, width: 120, height: 60 });
  });

  it("is brought back into a picture that became smaller", () => {
    expect(framedWithin(frame, { width: 60, height: 30 })).toEqual({ left: 0, top: 0, width: 60, height: 30 });
  });
});

describe("straightening", () => {
  it.each([
    [100, 0, 0],
    [100, 5, -2.862],
    [-100, 5, 2.862],
    [5, 100, 2.862],
    [0, -100, 0],
  ])("turns a line of %d, %d by %d degrees", (across, down, degrees) => {
    expect(straightening(across, down)).toBeCloseTo(degrees, 3);
  });
});
