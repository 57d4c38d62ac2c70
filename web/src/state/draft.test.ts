import { describe, expect, it, vi } from "vitest";
import { Draft } from "./draft.svelte";
import { MemoryArea } from "./memory";
import { Storage } from "./storage";

const DEFAULTS = { prompt: "", steps: 20, seed: -1 as number | bigint, variation: null as null | object, styles: [] as string[] };

function open(kept?: unknown): Draft<typeof DEFAULTS> {
  const storage = new Storage(new MemoryArea(), "", vi.fn());
  if (kept !== undefined) storage.write("draft", kept);
  return new Draft(storage, "draft", DEFAULTS);
}

describe("Draft", () => {
  it("begins with its defaults", () => {
    expect(open().value).toEqual(DEFAULTS);
  });

  it("goes on from what was kept, and fills in what an older page did not know", () => {
    expect(open({ prompt: "a cat" }).value).toEqual({ ...DEFAULTS, prompt: "a cat" });
  });

  it.each([["a text"], [null], [[1, 2]], [{ steps: "many", styles: "none", strange: 1 }]])("is not led astray by %j in the storage", (kept) => {
    expect(open(kept).value).toEqual(DEFAULTS);
  });

  it("takes over those fields of a request that it has, and no others", () => {
    const draft = open();
    draft.adopt({ kind: "txt2img", prompt: "a dog", seed: 2n ** 63n, steps: 30, image: { id: "x" } });
    expect(draft.value).toEqual({ ...DEFAULTS, prompt: "a dog", seed: 2n ** 63n, steps: 30 });
  });

  it("knows what differs from the defaults, and brings it back", () => {
    const draft = open({ steps: 30, styles: ["ink"] });
    expect(draft.differing(["prompt", "steps", "styles"])).toBe(2);
    draft.reset("steps");
    draft.reset("styles");
    expect(draft.differing(["prompt", "steps", "styles"])).toBe(0);
  });
});
