import { describe, expect, it } from "vitest";
import { keyNames } from "./keys.svelte";

const plain = { key: "", code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("keyNames", () => {
  it.each([
    [{ key: "b" }, ["b"]],
    [{ key: " " }, ["Space"]],
    [{ key: "Enter", ctrlKey: true }, ["Ctrl+Enter"]],
    [{ key: "Enter", metaKey: true }, ["Ctrl+Enter"]],
    [{ key: "Z", ctrlKey: true, shiftKey: true }, ["Ctrl+Shift+z", "Ctrl+z"]],
    [{ key: "ArrowLeft", shiftKey: true }, ["Shift+ArrowLeft"]],
  ])("%j", (pressed, names) => {
    expect(keyNames({ ...plain, ...pressed })).toEqual(names);
  });

  it("finds the brackets under Shift, whatever sign they give", () => {
    expect(keyNames({ ...plain, key: "{", code: "BracketLeft", shiftKey: true })[0]).toBe("Shift+[");
  });

  it("takes a sign for itself, with Shift or without", () => {
    expect(keyNames({ ...plain, key: "?", shiftKey: true })).toContain("?");
  });
});
