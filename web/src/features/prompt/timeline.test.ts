import { describe, expect, it } from "vitest";
import { lanesOf, placed } from "./timeline";

describe("the timeline of a prompt", () => {
  it("has a lane for each text, named by what differs", () => {
    const lanes = lanesOf([
      { text: "a cat on a sofa", first: 1, last: 16 },
      { text: "a dog on a sofa", first: 17, last: 20 },
    ]);
    expect(lanes.map(({ label, spans }) => [label, spans])).toEqual([
      ["cat", [{ first: 1, last: 16 }]],
      ["dog", [{ first: 17, last: 20 }]],
    ]);
  });

  it("gathers a text that comes again and again in one lane", () => {
    const lanes = lanesOf([1, 2, 3, 4].map((step) => ({ text: step % 2 ? "red" : "blue", first: step, last: step })));
    expect(lanes.map((lane) => lane.spans)).toEqual([
      [{ first: 1, last: 1 }, { first: 3, last: 3 }],
      [{ first: 2, last: 2 }, { first: 4, last: 4 }],
    ]);
  });

  it("joins spans that touch", () => {
    const lanes = lanesOf([
      { text: "a", first: 1, last: 2 },
      { text: "a", first: 3, last: 5 },
    ]);
    expect(lanes[0]?.spans).toEqual([{ first: 1, last: 5 }]);
  });

  it("shows a text that no step uses as an empty lane", () => {
    const lanes = lanesOf([{ text: "never", first: null, last: null }]);
    expect(lanes[0]?.spans).toEqual([]);
  });

  it("names a text that only leaves words out", () => {
    const lanes = lanesOf([
      { text: "a house", first: 1, last: 1 },
      { text: "a red house", first: 2, last: 2 },
    ]);
    expect(lanes.map((lane) => lane.label)).toEqual(["—", "red"]);
  });

  it("names what differs in several places", () => {
    const lanes = lanesOf([
      { text: "a red apple with a leaf, oil", first: 1, last: 1 },
      { text: "a deep green apple with a stem, oil", first: 2, last: 2 },
    ]);
    expect(lanes.map((lane) => lane.label)).toEqual(["red · leaf", "deep green · stem"]);
  });

  it("places spans by shares of all steps", () => {
    expect(placed({ first: 17, last: 20 }, 20)).toEqual({ from: 0.8, share: 0.2 });
  });
});
