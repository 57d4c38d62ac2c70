import { describe, expect, it } from "vitest";
import { bare, bareOf, phrasesOf, subjectOf, withoutPhrase, withPhrase, withSubject } from "./phrases";

const isManner = (word: string): boolean => ["oil painting", "soft light"].includes(word);

describe("phrases", () => {
  it("stand between commas, but not between those in brackets", () => {
    expect(phrasesOf("a cat, (big, red:1.2),  hat").map((phrase) => phrase.text)).toEqual(["a cat", "(big, red:1.2)", "hat"]);
  });

  it("know where they stand", () => {
    const text = " a cat , hat";
    for (const { text: phrase, start, end } of phrasesOf(text)) expect(text.slice(start, end)).toBe(phrase);
  });

  it.each([
    ["(oil painting:1.2)", "oil painting"],
    ["((Oil Painting))", "oil painting"],
    ["[soft light]", "soft light"],
    ["[a:b:0.5]", "[a:b:0.5]"],
  ])("are the same with or without emphasis: %s", (emphasised, plain) => {
    expect(bare(emphasised)).toBe(plain);
  });
});

describe("keywords", () => {
  it("go behind what is there", () => {
    expect(withPhrase("a cat, ", "oil painting")).toBe("a cat, oil painting");
    expect(withPhrase("", "oil painting")).toBe("oil painting");
  });

  it.each([
    ["a cat, oil painting, soft light", "a cat, soft light"],
    ["a cat, (oil painting:1.3)", "a cat"],
    ["oil painting, a cat", "a cat"],
    ["oil painting", ""],
    ["a cat, oil painting <lora:ink:1>, hat", "a cat, <lora:ink:1>, hat"],
    ["a cat in an oil painting", "a cat in an oil painting"],
  ])("go out of %s alone", (before, after) => {
    expect(withoutPhrase(before, "oil painting")).toBe(after);
  });

  it("can be put in and taken out without a trace", () => {
    const text = "a (red:1.1) cat, [hat:cap:0.5]";
    expect(withoutPhrase(withPhrase(text, "oil painting"), "oil painting")).toBe(text);
  });

  it("are known to be there", () => {
    expect(bareOf("a cat, (Oil painting:1.3)").has("oil painting")).toBe(true);
  });
});

describe("the subject", () => {
  it("is the first phrase", () => {
    expect(subjectOf("a cat, oil painting", isManner)).toBe("a cat");
    expect(subjectOf("oil painting", isManner)).toBe("");
  });

  it.each([
    ["a cat, oil painting", "a dog", "a dog, oil painting"],
    ["oil painting", "a dog", "a dog, oil painting"],
    ["", "a dog", "a dog"],
    ["a cat, oil painting", "", "oil painting"],
    ["a cat", "", ""],
  ])("of %j becomes %j", (before, subject, after) => {
    expect(withSubject(before, subject, isManner)).toBe(after);
  });
});
