import { describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import type { Sketch } from "../../state/drafts";
import { STRENGTHS, toForetold, toRequest, toStrip } from "./request";

const draft: Sketch = {
  prompt: "a red apple", negative_prompt: "", styles: ["plain"], checkpoint: "", vae: "Automatic", sampler: "DPM++ 2M", schedule: "Karras", steps: 20,
  guidance_scale: 11, width: 0, height: 0, seed: -1, batch_size: 4, clip_skip: 1, strength: 0.75, resize_mode: "stretch", color_correction: true,
};

describe("a sketch's request", () => {
  it("paints over the sketch with what the draft says", () => {
    expect(toRequest(draft, "ab")).toMatchObject({
      kind: "img2img", image: { id: "ab" }, prompt: "a red apple", styles: ["plain"], schedule: "Karras", guidance_scale: 11, strength: 0.75, batch_size: 4, seed: -1, color_correction: true,
    });
  });
});

describe("a strip of strengths", () => {
  it("differs in the strength only", () => {
    const strip = toStrip(draft, 77);
    expect(strip.map((request) => request.strength)).toEqual([...STRENGTHS]);
    expect(new Set(strip.map((request) => JSON.stringify({ ...request, strength: 0 }))).size).toBe(1);
    expect(strip[0]).toMatchObject({ seed: 77, batch_size: 1 });
  });

  it("keeps a seed that was chosen", () => {
    expect(toStrip({ ...draft, seed: 5 }, 77).map((request) => request.seed)).toEqual([5, 5, 5, 5, 5]);
  });
});

describe("a sketch is foretold", () => {
  const round = (id: string, width: number, asked = 0): Job =>
    ({ request: { image: { id }, width: asked, height: asked }, pictures: [{ width, height: 512 }] }) as unknown as Job;

  it("by what a round of its size began with", () => {
    const rounds = [round("small", 256), round("asked", 512, 512), round("like", 512)];
    expect(toForetold(draft, { width: 515, height: 519 }, rounds)?.image).toEqual({ id: "like" });
    expect(toForetold(draft, { width: 640, height: 512 }, rounds)).toBeUndefined();
  });

  it("by any round where the draft says the size", () => {
    expect(toForetold({ ...draft, width: 640, height: 512 }, { width: 99, height: 99 }, [round("small", 256)])?.image).toEqual({ id: "small" });
  });
});
