import { describe, expect, it } from "vitest";
import { hasTerm, suggest, termsOf, termText, toggled, valueOf, withValue } from "./query";

describe("terms of a query", () => {
  it("are read with their fields, operators and quotes", () => {
    const read = termsOf('red -hat "oil on canvas" sampler:"Euler a" rating:>=3 -tag:draft hair*');
    expect(read.map(({ isNegated, field, value }) => [isNegated, field, value])).toEqual([
      [false, "", "red"],
      [true, "", "hat"],
      [false, "", "oil on canvas"],
      [false, "sampler", "Euler a"],
      [false, "rating", ">=3"],
      [true, "tag", "draft"],
      [false, "", "hair*"],
    ]);
  });

  it("are known by their places", () => {
    const query = 'cat  sampler:"Euler a" dog';
    expect(termsOf(query).map((term) => query.slice(term.start, term.end))).toEqual(["cat", 'sampler:"Euler a"', "dog"]);
  });

  it("survive a quotation mark without a counterpart", () => {
    expect(termsOf('cat "dog').map((term) => term.value)).toContain("cat");
  });
});

describe("a filter", () => {
  it("replaces the term of its field and leaves the others", () => {
    expect(withValue("cat rating:>=2 dog", "rating", ">=4")).toBe("cat dog rating:>=4");
    expect(withValue("cat rating:>=2 dog", "rating", "")).toBe("cat dog");
    expect(withValue("", "sampler", "Euler a")).toBe('sampler:"Euler a"');
  });

  it("is shown as the query has it", () => {
    expect(valueOf('cat sampler:"Euler a"', "sampler")).toBe("Euler a");
    expect(valueOf("-sampler:DDIM", "sampler")).toBe("");
  });

  it("can hold several values of one field", () => {
    const both = toggled(toggled("", "tag", "blue"), "tag", 'old "ink"');
    expect(both).toBe(String.raw`tag:blue tag:"old \"ink\""`);
    expect(hasTerm(both, "tag", 'old "ink"')).toBe(true);
    expect(toggled(both, "tag", "blue")).toBe(String.raw`tag:"old \"ink\""`);
  });

  it("puts names into quotes that would be read otherwise", () => {
    for (const name of ["Euler a", 'a"b', "ends*", String.raw`back\slash`]) {
      expect(valueOf(termText("sampler", name), "sampler")).toBe(name);
    }
  });
});

describe("suggestions", () => {
  const known = { fields: { sampler: "its name", size: "512x768", seed: "number" }, values: { sampler: ["Euler", "Euler a", "DDIM"] } };

  it("complete a field at the caret", () => {
    const { start, found } = suggest("cat s dog", 5, known);
    expect(start).toBe(4);
    expect(found.map((each) => each.text)).toEqual(["sampler:", "size:", "seed:"]);
  });

  it("complete a value, within quotes and turned round, too", () => {
    expect(suggest("-sampler:eul", 12, known).found.map((each) => each.text)).toEqual(["-sampler:Euler", '-sampler:"Euler a"']);
    const { start, found } = suggest('cat sampler:"Euler ', 19, known);
    expect(start).toBe(4);
    expect(found.map((each) => each.label)).toEqual(["Euler a"]);
  });

  it("say nothing of plain words that begin no field", () => {
    expect(suggest("cat", 3, known).found).toEqual([]);
    expect(suggest("", 0, known).found).toEqual([]);
  });
});
