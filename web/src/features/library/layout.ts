/** Where the tiles of a long grid stand, so that only those in sight have to exist. */

export const GAP = 4;

export interface Layout {
  columns: number;
  /** Side of a tile in pixels. */
  cell: number;
  /** From one row to the next. */
  row: number;
}

/** Tiles about as large as wanted, across the whole width. */
export function layOut(width: number, wanted: number): Layout {
  const columns = Math.max(1, Math.round((width + GAP) / (wanted + GAP)));
  const cell = Math.max(1, (width - GAP * (columns - 1)) / columns);
  return { columns, cell, row: cell + GAP };
}

export function rowsOf(layout: Layout, count: number): number {
  return Math.ceil(count / layout.columns);
}

/** The rows in sight, and some more. */
export function rowsInSight(layout: Layout, top: number, height: number, more: number): { first: number; last: number } {
  const first = Math.max(0, Math.floor(top / layout.row) - more);
  const last = Math.floor((top + height) / layout.row) + more;
  return { first, last };
}

/** Where to scroll so that a tile is in sight; where it is already, nothing moves. */
export function revealed(layout: Layout, index: number, top: number, height: number): number {
  const tile = Math.floor(index / layout.columns) * layout.row;
  if (tile < top) return tile;
  return tile + layout.cell > top + height ? tile + layout.cell - height : top;
}

/** The tile that a key leads to; `undefined` for other keys. */
export function stepped(key: string, index: number, layout: Layout, count: number, height: number): number | undefined {
  const page = Math.max(1, Math.floor(height / layout.row)) * layout.columns;
  const steps: Record<string, number> = {
    ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.columns, ArrowDown: layout.columns, PageUp: -page, PageDown: page, Home: -count, End: count,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return undefined;
  const target = index + step;
  if (key === "ArrowUp" && target < 0) return index;
  if (key === "ArrowDown" && target >= count) return Math.floor(index / layout.columns) < rowsOf(layout, count) - 1 ? count - 1 : index;
  return Math.min(count - 1, Math.max(0, target));
}
