import { describe, expect, it } from "vitest";
import type { CurvePoint } from "./adjustment";
import { bentPoint, CLOSEST, movedPoint, pointAt, withoutPoint, withPoint } from "./curve_points";

const curve: CurvePoint[] = [
  [0, 0],
  [0.5, 0.6],
  [1, 1],
];

describe("points of a curve", () => {
  it("are found within reach only, the nearest first", () => {
    expect(pointAt(curve, 0.52, 0.61, 0.05)).toBe(1);
    expect(pointAt(curve, 0.3, 0.3, 0.05)).toBeUndefined();
    expect(pointAt([...curve, [0.53, 0.6]], 0.525, 0.6, 0.05)).toBe(3);
  });

  it("are added in their order", () => {
    expect(withPoint(curve, 0.25, 0.1)).toEqual({ points: [[0, 0], [0.25, 0.1], [0.5, 0.6], [1, 1]], index: 1 });
  });

  it("are not added where a neighbour leaves no room", () => {
    expect(withPoint(curve, 0.501, 0.1)).toBeUndefined();
  });

  it("stop before their neighbours", () => {
    expect(movedPoint(curve, 1, 7, 0.2)[1]).toEqual([1 - CLOSEST, 0.2]);
    expect(movedPoint(curve, 1, -7, 0.2)[1]).toEqual([CLOSEST, 0.2]);
  });

  it("stay on the square", () => {
    expect(movedPoint(curve, 2, 2, 2)[2]).toEqual([1, 1]);
    expect(movedPoint(curve, 0, -1, -1)[0]).toEqual([0, 0]);
  });

  it("are removed while more than two are left", () => {
    expect(withoutPoint(curve, 1)).toEqual([[0, 0], [1, 1]]);
    expect(withoutPoint([[0, 0], [1, 1]], 1)).toHaveLength(2);
  });

  it("turn into corners and back, and stay so when they move", () => {
    const bent = bentPoint(curve, 1);
    expect(bent[1]).toEqual([0.5, 0.6, "corner"]);
    expect(movedPoint(bent, 1, 0.4, 0.3)[1]).toEqual([0.4, 0.3, "corner"]);
    expect(bentPoint(bent, 1)).toEqual(curve);
  });
});
