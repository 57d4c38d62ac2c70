/** What an enlargement will take: its passes, tiles and memory, by the arithmetic of the server's upscalers. */

import type { Size } from "../../imaging/pixels";

export interface Wanted {
  /** From the picture's sides to those of what covers the size wanted. */
  readonly factor: number;
  /** What is kept of it; undefined keeps all. */
  readonly cropped: Size | undefined;
  /** Longest side of a tile, 0 for one tile; and what neighbours share. */
  readonly tile: number;
  readonly overlap: number;
  /** The upscaler's own factor; 0 where it goes to any size at once. */
  readonly scale: number;
}

export interface Forecast {
  readonly target: Size;
  readonly tiles: number;
  /** Beside the program and the network's weights. */
  readonly bytes: number;
}

export interface Grid extends Size {
  readonly count: number;
}

/** A network of fixed factor is run at most so often on its own output. */
const PASSES = 3;
/** Sides of what is enlarged are rounded down to multiples of this. */
const MULTIPLE = 8;
const COLOURS = 3;
/** A network holds two layers of 64 features in single precision at the size of its output. */
const BYTES_PER_WORKED_PIXEL = 2 * 64 * 4;

export function forecast(picture: Size, wanted: Wanted): Forecast {
  const enlarged = { width: rounded(picture.width * wanted.factor), height: rounded(picture.height * wanted.factor) };
  const target = wanted.cropped ?? enlarged;
  if (!wanted.scale) return { target, tiles: 1, bytes: resampling(picture, enlarged) };
  const passes = passesOf(picture, enlarged, wanted.factor, wanted.scale);
  const grids = passes.map((size) => tileGrid(size, wanted.tile, wanted.overlap));
  const last = times(passes.at(-1) ?? picture, wanted.scale);
  const isExact = last.width === enlarged.width && last.height === enlarged.height;
  return {
    target,
    tiles: grids.reduce((sum, grid) => sum + grid.count, 0),
    bytes: Math.max(...passes.map((size, index) => pass(size, grids[index] ?? { ...size, count: 1 }, wanted.scale)), isExact ? 0 : resampling(last, enlarged)),
  };
}

/** Size and number of the tiles of a picture; neighbours overlap, and none is larger than it needs to be. */
export function tileGrid({ width, height }: Size, tile: number, overlap: number): Grid {
  if (tile === 0 || width * height <= tile ** 2) return { width, height, count: 1 };
  const across = cut(width, tile, overlap);
  const down = cut(height, tile, overlap);
  return { width: across.length, height: down.length, count: across.count * down.count };
}

/** From the picture's sides to those of what covers a size; a side of 0 follows from the other. */
export function coveringFactor(picture: Size, wanted: Size): number {
  return Math.max(wanted.width / picture.width, wanted.height / picture.height);
}

function cut(whole: number, tile: number, overlap: number): { length: number; count: number } {
  const count = Math.max(1, Math.ceil((whole - overlap) / (tile - overlap)));
  return { length: Math.min(whole, Math.ceil((whole + (count - 1) * overlap) / count)), count };
}

/** The sizes before each pass. */
function passesOf(picture: Size, target: Size, factor: number, scale: number): Size[] {
  const sizes: Size[] = [];
  let size = picture;
  while (sizes.length < PASSES) {
    const isThere = size.width >= target.width && size.height >= target.height;
    if (isThere && (sizes.length || factor !== 1)) break;
    sizes.push(size);
    if (scale === 1) break;
    size = times(size, scale);
  }
  return sizes;
}

/** The picture, the result, one row of tiles and the network's work on one tile. */
function pass(size: Size, grid: Grid, scale: number): number {
  const row = grid.count > 1 ? size.width * grid.height : 0;
  const pixels = area(size) + scale ** 2 * (area(size) + row);
  return pixels * COLOURS + area(grid) * scale ** 2 * BYTES_PER_WORKED_PIXEL;
}

/** The picture, what is between its rows' and its columns' pass, and the result. */
function resampling(from: Size, to: Size): number {
  return (area(from) + to.width * from.height + area(to)) * COLOURS;
}

function times({ width, height }: Size, scale: number): Size {
  return { width: width * scale, height: height * scale };
}

function area({ width, height }: Size): number {
  return width * height;
}

function rounded(side: number): number {
  return Math.floor(side / MULTIPLE) * MULTIPLE;
}
