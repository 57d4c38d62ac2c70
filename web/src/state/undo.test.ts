import { describe, expect, it } from "vitest";
import { Undo } from "./undo.svelte";

const start = () => {
  const clock = { at: 0 };
  return { clock, undo: new Undo<string>(() => clock.at) };
};

describe("undoing", () => {
  it("brings back what was, and what was undone", () => {
    const { undo } = start();
    undo.note("a", "one");
    undo.note("b", "other");
    expect([undo.undo("c"), undo.undo("b")]).toEqual(["b", "a"]);
    expect([undo.redo("a"), undo.redo("b")]).toEqual(["b", "c"]);
    expect(undo.canRedo).toBe(false);
  });

  it("takes the changes of one gesture together", () => {
    const { undo } = start();
    undo.note("a", "drag");
    undo.note("b", "drag");
    expect(undo.undo("c")).toBe("a");
  });

  it("tells gestures apart by a pause", () => {
    const { clock, undo } = start();
    undo.note("a", "drag");
    clock.at = 5000;
    undo.note("b", "drag");
    expect(undo.undo("c")).toBe("b");
  });

  it("does not add to a gesture that was undone", () => {
    const { undo } = start();
    undo.note("a", "drag");
    undo.undo("b");
    undo.note("a", "drag");
    expect(undo.canUndo).toBe(true);
  });

  it("forgets what was undone at the next change", () => {
    const { undo } = start();
    undo.note("a", "one");
    undo.undo("b");
    undo.note("a", "other");
    expect(undo.canRedo).toBe(false);
  });

  it("leaves things as they are where nothing was", () => {
    const { undo } = start();
    expect([undo.undo("now"), undo.redo("now")]).toEqual(["now", "now"]);
  });
});
