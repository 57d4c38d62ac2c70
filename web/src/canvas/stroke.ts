/** A stroke while it is drawn: only what its last dabs touched is reckoned anew. */

import { Path, stamp, type Brush, type PenPoint } from "./brush";
import { isEmpty, NOWHERE, union, type Rect } from "./geometry";
import type { Change } from "./history";
import { layInk, type Ink } from "./ink";
import { Patch } from "./patch";
import { fillRect, type Raster } from "./raster";

export class Stroke {
  readonly #patch: Patch;
  readonly #cover: Raster;
  readonly #brush: Brush;
  readonly #ink: Ink;
  readonly #path: Path;

  /** @param cover One channel, as large as the raster and empty; it is left empty. */
  constructor(raster: Raster, cover: Raster, brush: Brush, ink: Ink) {
    this.#patch = new Patch(raster);
    this.#cover = cover;
    this.#brush = brush;
    this.#ink = ink;
    this.#path = new Path(brush);
  }

  /** Go on to these points; answers what has changed. */
  to(points: readonly PenPoint[]): Rect {
    return this.#print(points.flatMap((point) => this.#path.to(point)));
  }

  /** The stroke is drawn: what changed last, and how to take all of it back. */
  end(): { rect: Rect; change: Change } {
    const rect = this.#print(this.#path.end());
    this.#clear();
    return { rect, change: changeOf(this.#patch) };
  }

  /** Leave everything as it was; answers what that changed. */
  cancel(): Rect {
    this.#clear();
    return this.#patch.swap();
  }

  #print(dabs: ReturnType<Path["to"]>): Rect {
    let rect = NOWHERE;
    for (const dab of dabs) rect = union(rect, stamp(this.#cover, dab, this.#brush.hardness));
    if (!isEmpty(rect)) layInk(this.#patch.raster, this.#patch.keep(rect), this.#cover, rect, this.#ink);
    return rect;
  }

  #clear(): void {
    for (const tile of this.#patch.tiles) fillRect(this.#cover, tile.rect, [0]);
  }
}

/** A patch as something that history can take back. */
export function changeOf(patch: Patch): Change {
  const { bytes } = patch;
  return { bytes, toggle: () => patch.swap() };
}

/** Change a part of a raster at once. */
export function changed(raster: Raster, rect: Rect, act: () => void): Change {
  const patch = new Patch(raster);
  patch.keep(rect);
  act();
  return changeOf(patch);
}

/** Lay ink wherever something is covered. */
export function inked(raster: Raster, cover: Raster, rect: Rect, ink: Ink): Change {
  const patch = new Patch(raster);
  layInk(raster, patch.keep(rect), cover, rect, ink);
  return changeOf(patch);
}
