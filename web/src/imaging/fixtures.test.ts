/** The cases that the Python half reads as well: fixtures/adjust. */

import { describe, expect, it } from "vitest";
import colours from "../../../fixtures/adjust/colours.json";
import filters from "../../../fixtures/adjust/filters.json";
import pictures from "../../../fixtures/adjust/pictures.json";
import tables from "../../../fixtures/adjust/tables.json";
import type { Adjustment } from "./adjustment";
import { findLevels } from "./auto_levels";
import type { ChannelCount, Pixels } from "./pixels";
import { applyAdjustments } from "./stack";

const read = (adjustment: unknown) => adjustment as Adjustment;

const pixelsOf = (shape: readonly number[], data: readonly number[]): Pixels => {
  const [height = 0, width = 0, channels = 3] = shape;
  return { width, height, channels: channels as ChannelCount, data: Uint8ClampedArray.from(data) };
};

describe("tones become what the table says", () => {
  const ramp = Array.from({ length: 256 }, (_, code) => code);
  it.each(tables.cases)("%j", ({ adjustment, table }) => {
    const after = applyAdjustments(pixelsOf([1, 256, 1], ramp), [read(adjustment)]);
    expect([...after.data]).toEqual(table);
  });
});

describe("colours become what the list says", () => {
  it.each(colours.cases)("%j", ({ adjustment, after }) => {
    const before = pixelsOf([1, colours.before.length, 3], colours.before.flat());
    expect([...applyAdjustments(before, [read(adjustment)]).data]).toEqual(after.flat());
  });
});

describe("pictures become what the case says", () => {
  it.each(pictures.cases)("$name", (example) => {
    const before = pixelsOf(example.shape, example.before);
    const after = applyAdjustments(before, example.adjustments.map(read));
    expect([after.height, after.width, after.channels]).toEqual(example.after_shape);
    expect([...after.data]).toEqual(example.after);
    if (example.levels) expect(findLevels(before)).toMatchObject(example.levels);
  });
});

describe("filters make what the case says to within one code", () => {
  it.each(filters.cases)("$name", (example) => {
    const after = applyAdjustments(pixelsOf(example.shape, example.before), example.adjustments.map(read));
    expect([after.height, after.width, after.channels]).toEqual(example.after_shape);
    const errors = example.after.map((code, index) => Math.abs(code - (after.data[index] ?? Infinity)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(1);
  });
});
