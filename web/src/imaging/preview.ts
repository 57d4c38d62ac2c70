/**
 * How a picture will look, at the size at which it is shown. The picture is reduced first; geometry
 * comes next and is kept while only tones and colours change; those come last, so that a drag costs
 * no more than the pixels on the screen. Tones and colours do not care where a pixel stands, so
 * that this order shows what the list's own order makes.
 */

import { complete, type Adjustment } from "./adjustment";
import type { Pixels, Size } from "./pixels";
import { applyResize } from "./resize";
import { adjustedSize, applyAdjustments, sizeAfter } from "./stack";

export interface PreviewPlan {
  /** The picture, before anything else, reduced to this size. */
  readonly reduced: Size;
  /** Crops, turns and sizes, in the reduced picture's pixels. */
  readonly geometry: readonly Adjustment[];
  /** All else, in the pixels that are shown. */
  readonly look: readonly Adjustment[];
}

interface Step {
  readonly adjustment: Adjustment;
  readonly before: Size;
  readonly after: Size;
}

/** What to do so that the result fits into a frame; it is never enlarged beyond its own size. */
export function planPreview(adjustments: readonly Adjustment[], size: Size, frame: Size): PreviewPlan {
  const steps = stepsOf(adjustments, size);
  const final = adjustedSize(size, adjustments);
  const shown = Math.min(1, frame.width / final.width, frame.height / final.height);
  // how much the sizes to come enlarge: detail that only they bring is not needed before them
  const growth = (from: number) => steps.slice(from).reduce((product, step) => product * growthOf(step), 1);
  const scaleAt = (index: number) => Math.min(1, shown * growth(index));
  const geometry = steps.flatMap((step, index) => reducedGeometry(step, scaleAt(index), scaleAt(index + 1)));
  const look = steps.flatMap((step, index) => reducedLook(step, shown * growth(index + 1)));
  return { reduced: scaled(size, scaleAt(0)), geometry, look };
}

/** The picture reduced, cropped and turned; it stays the same while only the look changes. */
export function applyGeometry(plan: PreviewPlan, pixels: Pixels): Pixels {
  const reduced = applyResize({ kind: "resize", ...plan.reduced, kernel: "box" }, pixels);
  return plan.geometry.reduce((before, adjustment) => applyAdjustments(before, [fitted(adjustment, before)]), reduced);
}

function stepsOf(adjustments: readonly Adjustment[], size: Size): Step[] {
  let before = size;
  return adjustments.map((adjustment) => {
    const after = sizeAfter(adjustment, before);
    const step = { adjustment, before, after };
    before = after;
    return step;
  });
}

function growthOf({ adjustment, before, after }: Step): number {
  if (adjustment.kind !== "resize") return 1;
  return Math.max(after.width / before.width, after.height / before.height);
}

function reducedGeometry({ adjustment, after }: Step, scale: number, scaleAfter: number): Adjustment[] {
  switch (adjustment.kind) {
    case "rotate":
      return [adjustment];
    case "resize":
      return [{ ...adjustment, ...scaled(after, scaleAfter) }];
    case "crop": {
      const { left, top } = complete(adjustment);
      return [{ kind: "crop", left: Math.round(left * scale), top: Math.round(top * scale), ...scaled(after, scale) }];
    }
    default:
      return [];
  }
}

function reducedLook({ adjustment }: Step, scale: number): Adjustment[] {
  if (["crop", "resize", "rotate"].includes(adjustment.kind)) return [];
  if (adjustment.kind !== "sharpen") return [adjustment];
  return [{ ...adjustment, radius: complete(adjustment).radius * scale }];
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A reduced rectangle may have been rounded beyond the reduced picture's edge. */
function fitted(adjustment: Adjustment, size: Size): Adjustment {
  if (adjustment.kind !== "crop") return adjustment;
  const width = Math.min(adjustment.width, size.width);
  const height = Math.min(adjustment.height, size.height);
  const { left, top } = complete(adjustment);
  return {
    ...adjustment,
    width,
    height,
    left: Math.min(left, size.width - width),
    top: Math.min(top, size.height - height),
  };
}
