/** One opened picture and what can be asked about it: the worker's side, without the worker. */

import type { Adjustment } from "./adjustment";
import { findLevels, type FoundLevels } from "./auto_levels";
import { countHistogram, type Histogram } from "./histogram";
import { withAlpha, withoutIdleAlpha, type Pixels, type Size } from "./pixels";
import { applyGeometry, planPreview, type PreviewPlan } from "./preview";
import { adjustedSize, applyAdjustments } from "./stack";

export interface Preview {
  /** RGB and alpha, as large as they are shown. */
  readonly pixels: Pixels;
  readonly histogram: Histogram;
  /** Of the whole result. */
  readonly size: Size;
  /** Whether its geometry had to be made first, which takes longer. */
  readonly isFirst: boolean;
}

/** Geometries at hand: what is shown at rest, while something is dragged, and what was before. */
const MOST_LAID = 3;

export class Workshop {
  private readonly picture: Pixels;
  /** What geometry made, by what it was: the latest last. */
  private readonly laid = new Map<string, Pixels>();

  constructor(picture: Pixels) {
    this.picture = withoutIdleAlpha(picture);
  }

  get size(): Size {
    return { width: this.picture.width, height: this.picture.height };
  }

  /** How the picture will look in a frame, and the tones of what is shown. */
  preview(adjustments: readonly Adjustment[], frame: Size): Preview {
    const plan = planPreview(adjustments, this.picture, frame);
    const key = JSON.stringify([plan.reduced, plan.geometry]);
    const isFirst = !this.laid.has(key);
    const pixels = applyAdjustments(this.layOut(key, plan), plan.look);
    return {
      pixels: withAlpha(pixels),
      histogram: countHistogram(pixels),
      size: adjustedSize(this.size, adjustments),
      isFirst,
    };
  }

  /** The tones of the whole picture after the adjustments. */
  count(adjustments: readonly Adjustment[]): Histogram {
    return countHistogram(this.whole(adjustments));
  }

  /** The levels that stretch the whole picture as it is after the adjustments. */
  findLevels(adjustments: readonly Adjustment[]): FoundLevels[] {
    return findLevels(this.whole(adjustments));
  }

  /** The whole picture after the adjustments, as RGB and alpha. */
  render(adjustments: readonly Adjustment[]): Pixels {
    const pixels = withAlpha(this.whole(adjustments));
    return pixels === this.picture ? { ...pixels, data: pixels.data.slice() } : pixels;
  }

  private layOut(key: string, plan: PreviewPlan): Pixels {
    const pixels = this.laid.get(key) ?? applyGeometry(plan, this.picture);
    this.laid.delete(key);
    this.laid.set(key, pixels);
    for (const oldest of this.laid.keys()) {
      if (this.laid.size <= MOST_LAID) break;
      this.laid.delete(oldest);
    }
    return pixels;
  }

  private whole(adjustments: readonly Adjustment[]): Pixels {
    return applyAdjustments(this.picture, adjustments);
  }
}
