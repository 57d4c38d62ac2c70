import { describe, expect, it } from "vitest";
import type { Adjustment } from "./adjustment";
import { blankPixels, type Pixels, type Size } from "./pixels";
import { applyGeometry, planPreview } from "./preview";
import { applyAdjustments } from "./stack";

/** Smooth in both directions, so that reducing it loses nothing but places. */
function slope({ width, height }: Size): Pixels {
  const pixels = blankPixels({ width, height }, 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * 3;
      pixels.data.set([(column / width) * 255, (row / height) * 255, 90], at);
    }
  }
  return pixels;
}

function farthest(one: Pixels, other: Pixels): number {
  return one.data.reduce((most, value, index) => Math.max(most, Math.abs(value - (other.data[index] ?? Infinity))), 0);
}

const LOOK: Adjustment[] = [
  { kind: "levels", channel: "red", gamma: 1.6 },
  { kind: "hue_saturation", hue: 30, saturation: 20 },
];

describe("a preview", () => {
  it("is exactly the result where the picture is no larger than the frame", () => {
    const picture = slope({ width: 60, height: 40 });
    const list: Adjustment[] = [
      ...LOOK,
      { kind: "crop", left: 5, top: 8, width: 40, height: 30 },
      { kind: "rotate", degrees: 90 },
    ];
    const plan = planPreview(list, picture, { width: 500, height: 500 });
    const shown = applyAdjustments(applyGeometry(plan, picture), plan.look);
    expect(shown).toEqual(applyAdjustments(picture, list));
  });

  it("shows the reduced result of a large picture, whatever the order of the list", () => {
    const picture = slope({ width: 400, height: 200 });
    const list: Adjustment[] = [{ kind: "crop", left: 100, top: 0, width: 200, height: 200 }, ...LOOK];
    const plan = planPreview(list, picture, { width: 50, height: 50 });
    expect(plan.reduced).toEqual({ width: 100, height: 50 });
    const shown = applyAdjustments(applyGeometry(plan, picture), plan.look);
    const result = applyAdjustments(picture, list);
    const reduced = applyAdjustments(result, [{ kind: "resize", width: 50, height: 50, kernel: "box" }]);
    expect(farthest(shown, reduced)).toBeLessThanOrEqual(4);
  });

  it("keeps the detail that a later enlargement shows", () => {
    const list: Adjustment[] = [{ kind: "resize", width: 800 }];
    const plan = planPreview(list, { width: 200, height: 100 }, { width: 400, height: 400 });
    expect(plan.reduced).toEqual({ width: 200, height: 100 });
    expect(plan.geometry).toMatchObject([{ kind: "resize", width: 400, height: 200 }]);
  });

  it("blurs less where it shows less", () => {
    const list: Adjustment[] = [{ kind: "sharpen", radius: 4 }];
    const plan = planPreview(list, { width: 1000, height: 1000 }, { width: 250, height: 250 });
    expect(plan.look).toEqual([{ kind: "sharpen", radius: 1 }]);
  });

  it("keeps its geometry while only the look changes", () => {
    const size = { width: 300, height: 300 };
    const turned: Adjustment = { kind: "rotate", degrees: 3 };
    const one = planPreview([turned, ...LOOK], size, { width: 90, height: 90 });
    const other = planPreview([turned, { kind: "brightness_contrast", contrast: 0.2 }], size, { width: 90, height: 90 });
    expect(one.geometry).toEqual(other.geometry);
    expect(one.reduced).toEqual(other.reduced);
  });

  it("stays within a reduced picture when a rectangle at the edge is rounded", () => {
    const picture = slope({ width: 101, height: 101 });
    const list: Adjustment[] = [{ kind: "crop", left: 50, top: 50, width: 51, height: 51 }];
    const plan = planPreview(list, picture, { width: 25, height: 25 });
    expect(() => applyGeometry(plan, picture)).not.toThrow();
  });

  it("refuses a rectangle outside the picture", () => {
    const list: Adjustment[] = [{ kind: "crop", left: 50, width: 60, height: 60 }];
    expect(() => planPreview(list, { width: 100, height: 100 }, { width: 50, height: 50 })).toThrow(
      "width: the rectangle ends at 110, but the picture has 100x100 pixels",
    );
  });
});
