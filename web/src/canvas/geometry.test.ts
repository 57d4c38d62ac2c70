import { describe, expect, it } from "vitest";
import { imagePoint, intersection, isEmpty, outward, rectAround, rectBetween, screenPoint, toImage, toScreen, union, NOWHERE } from "./geometry";

const view = { scale: 2, x: 10, y: -6 };

describe("points", () => {
  it("come back from the screen as they went there", () => {
    expect(toImage(toScreen(imagePoint(3.25, 7), view), view)).toEqual({ x: 3.25, y: 7 });
    expect(toImage(screenPoint(10, -6), view)).toEqual({ x: 0, y: 0 });
  });
});

describe("rectangles", () => {
  const a = { x: 0, y: 0, width: 4, height: 4 };

  it("have nothing in common where they only touch", () => {
    expect(isEmpty(intersection(a, { x: 4, y: 0, width: 4, height: 4 }))).toBe(true);
    expect(intersection(a, { x: 3, y: 2, width: 9, height: 9 })).toEqual({ x: 3, y: 2, width: 1, height: 2 });
  });

  it("are not enlarged by an empty one", () => {
    expect(union(a, NOWHERE)).toEqual(a);
    expect(union(NOWHERE, a)).toEqual(a);
    expect(union(a, { x: -2, y: 3, width: 1, height: 9 })).toEqual({ x: -2, y: 0, width: 6, height: 12 });
  });

  it("grow to whole pixels", () => {
    expect(outward({ x: 0.5, y: -0.5, width: 1, height: 1 })).toEqual({ x: 0, y: -1, width: 2, height: 2 });
    expect(outward(NOWHERE, 3)).toEqual(NOWHERE);
  });

  it("stand between two corners in any order, and around points", () => {
    expect(rectBetween(imagePoint(5, 1), imagePoint(2, 4))).toEqual({ x: 2, y: 1, width: 3, height: 3 });
    expect(rectAround([imagePoint(5, 1), imagePoint(2, 4), imagePoint(3, 9)])).toEqual({ x: 2, y: 1, width: 3, height: 8 });
  });
});
