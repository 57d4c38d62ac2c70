/** One opened picture and what can be asked about it: the worker's side, without the worker. */

import type { Adjustment } from "./adjustment";
import { findLevels, type FoundLevels } from "./auto_levels";
import { countHistogram, type Histogram } from "./histogram";
import { withAlpha, withoutIdleAlpha, type Pixels, type Size } from "./pixels";
import { applyGeometry, planPreview } from "./preview";
import { adjustedSize, applyAdjustments } from "./stack";

export interface Preview {
  /** RGB and alpha, as large as they are shown. */
  readonly pixels: Pixels;
  readonly histogram: Histogram;
  /** Of the whole result. */
  readonly size: Size;
}

interface Laid {
  readonly key: string;
  readonly pixels: Pixels;
}

export class Workshop {
  private readonly picture: Pixels;
  private laid: Laid | undefined;

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
    if (this.laid?.key !== key) this.laid = { key, pixels: applyGeometry(plan, this.picture) };
    const pixels = applyAdjustments(this.laid.pixels, plan.look);
    return {
      pixels: withAlpha(pixels),
      histogram: countHistogram(pixels),
      size: adjustedSize(this.size, adjustments),
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

  private whole(adjustments: readonly Adjustment[]): Pixels {
    return applyAdjustments(this.picture, adjustments);
  }
}
