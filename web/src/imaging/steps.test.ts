import { describe, expect, it } from "vitest";
import type { Adjustment, Levels } from "./adjustment";
import { adjustmentsOf, stepsOf, stepsWhile, withChannel, type Step } from "./steps";

const step = (id: string, isOn: boolean, ...adjustments: Adjustment[]): Step => ({
  id,
  kind: adjustments[0]?.kind ?? "levels",
  isOn,
  adjustments,
});
const crop: Adjustment = { kind: "crop", width: 5, height: 5 };
const darker: Adjustment = { kind: "brightness_contrast", brightness: -0.2 };
const ids = () => {
  let count = 0;
  return () => String(++count);
};

describe("what the steps amount to", () => {
  it("is what those do that are on, in order", () => {
    expect(adjustmentsOf([step("a", true, crop), step("b", false, darker), step("c", true, darker)])).toEqual([crop, darker]);
  });

  it.each<Adjustment>([
    { kind: "levels", channel: "red" },
    { kind: "curves", points: [[0, 0], [1, 1]] },
    { kind: "brightness_contrast", brightness: 0 },
    { kind: "hue_saturation", range: "red", overlap: 20 },
    { kind: "rotate", degrees: 0 },
    { kind: "sharpen", amount: 0 },
  ])("leaves out what would change nothing: %j", (idle) => {
    expect(adjustmentsOf([step("a", true, idle)])).toEqual([]);
  });

  it.each<Adjustment>([
    { kind: "levels", high_output: 0.9 },
    { kind: "curves", points: [[0, 0.1], [1, 1]] },
    { kind: "curves", points: [[0, 0], [0.5, 0.5], [1, 1]] },
    { kind: "auto_levels" },
    { kind: "sharpen" },
  ])("keeps what changes something: %j", (busy) => {
    expect(adjustmentsOf([step("a", true, busy)])).toEqual([busy]);
  });
});

describe("steps of a list of adjustments", () => {
  it("join the channels of one step and make the list again", () => {
    const list: Adjustment[] = [
      { kind: "levels", channel: "red", gamma: 2 },
      { kind: "levels", gamma: 1.1 },
      { kind: "levels", channel: "green", gamma: 3 },
      darker,
      darker,
    ];
    const steps = stepsOf(list, ids());
    expect(steps.map(({ id, adjustments }) => [id, adjustments.length])).toEqual([
      ["1", 2],
      ["2", 1],
      ["3", 1],
      ["4", 1],
    ]);
    expect(adjustmentsOf(steps)).toEqual(list);
  });

  it("put a channel in its place, value last", () => {
    const value: Levels = { kind: "levels", gamma: 1.2 };
    const blue: Levels = { kind: "levels", channel: "blue", gamma: 2 };
    expect(withChannel([value], blue)).toEqual([blue, value]);
    expect(withChannel([blue, value], { ...blue, gamma: 3 })).toEqual([{ ...blue, gamma: 3 }, value]);
  });
});

describe("steps while one is worked on", () => {
  const turn: Adjustment = { kind: "rotate", degrees: 3 };
  const steps = [step("a", true, turn), step("b", true, crop), step("c", true, darker), step("d", true, { kind: "resize", width: 9 })];

  it("show all that a crop could keep", () => {
    expect(stepsWhile(steps, "b").map(({ id }) => id)).toEqual(["a", "c"]);
  });

  it("are all there otherwise", () => {
    expect(stepsWhile(steps, "c")).toEqual(steps);
    expect(stepsWhile(steps, undefined)).toEqual(steps);
  });
});
