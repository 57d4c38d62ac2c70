import { describe, expect, it, vi } from "vitest";
import { Coach, TUTORIALS } from "./coach.svelte";
import { MemoryArea } from "./memory";
import { Storage } from "./storage";
import type { Studio } from "./studio.svelte";

function storage(): Storage {
  return new Storage(new MemoryArea(), "", vi.fn());
}

describe("Coach", () => {
  it("says nothing until a tutorial is begun", () => {
    expect(new Coach(storage()).step).toBeUndefined();
  });

  it("goes through every step, then has none left", () => {
    const coach = new Coach(storage());
    coach.begin("apple");
    const seen = TUTORIALS.apple.map(() => {
      const step = coach.step;
      coach.next();
      return step;
    });
    expect(seen).toEqual(TUTORIALS.apple);
    expect(coach.step).toBeUndefined();
    expect(coach.place).toBeDefined();
  });

  it("is at the same step after a reload", () => {
    const kept = storage();
    const coach = new Coach(kept);
    coach.begin("portrait");
    coach.next();
    expect(new Coach(kept).step).toBe("model");
    coach.end();
    expect(new Coach(kept).place).toBeUndefined();
  });

  it("takes a first prompt for done once the artist moves on", () => {
    const coach = new Coach(storage());
    coach.begin("portrait");
    const at = (view: string, prompt: string): Studio =>
      ({ route: { view }, drafts: { compose: { value: { prompt, checkpoint: "" } } } }) as unknown as Studio;
    expect(coach.isDone(at("prompt", "a woman"))).toBe(false);
    expect(coach.isDone(at("model", ""))).toBe(false);
    expect(coach.isDone(at("model", "a woman"))).toBe(true);
  });
});
