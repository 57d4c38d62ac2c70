/**
 * What a change to a raster took away, so that it can be given back.
 *
 * A patch keeps the tiles that are about to change, and only those: a long thin stroke over a large picture costs its own length and
 * not the rectangle around it. Giving them back swaps them with what stands there, so the same patch undoes and redoes.
 */

import { intersection, isEmpty, NOWHERE, union, whole, type Rect } from "./geometry";
import { inside, readRect, writeRect, type Raster } from "./raster";

export const TILE = 128;

/** A rectangle and the pixels that were in it. */
export interface Kept {
  readonly rect: Rect;
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

export class Patch {
  readonly raster: Raster;
  readonly #tiles = new Map<number, Kept>();

  constructor(raster: Raster) {
    this.raster = raster;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.tiles.reduce((sum, tile) => sum + tile.pixels.length, 0);
  }

  get tiles(): readonly Kept[] {
    return [...this.#tiles.values()];
  }

  /** The tiles under a rectangle as they were before the change, kept now where they are not yet. */
  keep(rect: Rect): Kept[] {
    const within = inside(this.raster, rect);
    if (isEmpty(within)) return [];
    const kept: Kept[] = [];
    const across = Math.ceil(this.raster.width / TILE);
    for (let row = Math.floor(within.y / TILE); row * TILE < within.y + within.height; row += 1) {
      for (let column = Math.floor(within.x / TILE); column * TILE < within.x + within.width; column += 1) {
        kept.push(this.#tile(row * across + column, column, row));
      }
    }
    return kept;
  }

  /** Exchange what is kept for what is there; answers where that changed something. */
  swap(): Rect {
    let changed = NOWHERE;
    for (const tile of this.#tiles.values()) {
      const now = readRect(this.raster, tile.rect);
      writeRect(this.raster, tile.rect, tile.pixels);
      tile.pixels = now;
      changed = union(changed, tile.rect);
    }
    return changed;
  }

  #tile(index: number, column: number, row: number): Kept {
    const found = this.#tiles.get(index);
    if (found) return found;
    const rect = intersection({ x: column * TILE, y: row * TILE, width: TILE, height: TILE }, whole(this.raster));
    const tile = { rect, pixels: readRect(this.raster, rect) };
    this.#tiles.set(index, tile);
    return tile;
  }
}
