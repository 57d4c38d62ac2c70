import { describe, expect, it } from "vitest";
import { changeEmphasis, difference, type Selected } from "./emphasis";

/** A text in which `|` is the caret, or two of them the ends of the selection. */
function read(marked: string): Selected {
  const [before = "", middle = "", after] = marked.split("¦");
  return after === undefined
    ? { text: before + middle, start: before.length, end: before.length }
    : { text: before + middle + after, start: before.length, end: before.length + middle.length };
}

function change(marked: string, way: 1 | -1): string {
  const { text, start, end } = changeEmphasis(read(marked), way);
  return `${text.slice(0, start)}¦${text.slice(start, end)}¦${text.slice(end)}`;
}

describe("changing emphasis", () => {
  it.each([
    ["a gre¦en apple", 1, "a (¦green¦:1.1) apple"],
    ["a ¦green apple¦, red", 1, "a (¦green apple¦:1.1), red"],
    ["a¦ green ¦apple", -1, "a (¦green¦:0.9) apple"],
    ["(a wo¦rd:1.1)", 1, "(¦a word¦:1.2)"],
    ["(¦a word¦:1.2)", 1, "(¦a word¦:1.3)"],
    ["(a wo¦rd:1.1) more", -1, "¦a word¦ more"],
    ["((wo¦rd))", 1, "(¦word¦:1.3)"],
    ["[wo¦rd]", -1, "(¦word¦:0.8)"],
    ["[a:wo¦rd:0.5]", 1, "[a:(¦word¦:1.1):0.5]"],
    ["a \\(wo¦rd\\)", 1, "a \\((¦word¦:1.1)\\)"],
    ["<lora:blue¦print:0.8>", 1, "<¦lora:blueprint¦:0.85>"],
    ["(word:0¦.05)", -1, "(¦word¦:0)"],
  ] as const)("makes of %s, by %i: %s", (before, way, after) => {
    expect(change(before, way)).toBe(after);
  });

  it("leaves a text alone where there is no word", () => {
    expect(changeEmphasis({ text: "a ,  b", start: 4, end: 4 }, 1).text).toBe("a ,  b");
  });

  it("comes back to the text it began with", () => {
    const begun = { text: "an apple", start: 4, end: 4 };
    const more = changeEmphasis(begun, 1);
    expect(changeEmphasis(more, -1).text).toBe(begun.text);
  });
});

describe("the difference of two texts", () => {
  it.each([
    ["aa", "aaa"],
    ["one two", "one (two:1.1)"],
    ["", "x"],
    ["same", "same"],
  ])("makes of %j: %j", (before, after) => {
    const { start, end, insert } = difference(before, after);
    expect(before.slice(0, start) + insert + before.slice(end)).toBe(after);
  });

  it("touches no more than it must", () => {
    expect(difference("one two three", "one (two:1.1) three")).toEqual({ start: 4, end: 7, insert: "(two:1.1)" });
  });
});
