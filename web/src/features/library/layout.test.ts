import { describe, expect, it } from "vitest";
import { GAP, layOut, revealed, rowsInSight, rowsOf, stepped } from "./layout";

const layout = { columns: 5, cell: 96, row: 100 };

describe("a grid", () => {
  it("fills the width with tiles of about the size wanted", () => {
    const made = layOut(1000, 180);
    expect(made.columns).toBe(5);
    expect(made.columns * made.cell + (made.columns - 1) * GAP).toBeCloseTo(1000);
    expect(layOut(50, 180).columns).toBe(1);
  });

  it("has a row for the tiles that are left over", () => {
    expect([0, 1, 5, 6].map((count) => rowsOf(layout, count))).toEqual([0, 1, 1, 2]);
  });

  it("knows the rows in sight wherever it is scrolled to", () => {
    expect(rowsInSight(layout, 0, 250, 1)).toEqual({ first: 0, last: 3 });
    expect(rowsInSight(layout, 1_000_050, 250, 1)).toEqual({ first: 9999, last: 10004 });
  });

  it("moves only as far as a tile needs to be in sight", () => {
    expect(revealed(layout, 12, 150, 300)).toBe(150);
    expect(revealed(layout, 2, 150, 300)).toBe(0);
    expect(revealed(layout, 27, 150, 300)).toBe(296);
  });

  it("is walked in by keys, and not left", () => {
    const step = (key: string, index: number) => stepped(key, index, layout, 12, 250);
    expect([step("ArrowRight", 0), step("ArrowRight", 11), step("ArrowLeft", 0)]).toEqual([1, 11, 0]);
    expect([step("ArrowDown", 1), step("ArrowDown", 8), step("ArrowDown", 11), step("ArrowUp", 3)]).toEqual([6, 11, 11, 3]);
    expect([step("End", 0), step("Home", 9), step("PageDown", 0), step("a", 0)]).toEqual([11, 0, 10, undefined]);
  });
});
