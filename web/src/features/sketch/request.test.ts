import { describe, expect, it } from "vitest";
import type { Sketch } from "../../state/drafts";
import { STRENGTHS, toForetold, toRequest, toStrip } from "./request";

const draft: Sketch = {
  prompt: "a red apple", negative_prompt: "", styles: ["plain"], checkpoint: "", vae: "Automatic", sampler: "DPM++ 2M", schedule: "Karras", steps: 20,
  guidance_scale: 11, width: 0, height: 0, seed: -1, batch_size: 4, clip_skip: 1, deep_cache: 1, bf16: false, fp8: false, strength: 0.75, resize_mode: "stretch", color_correction: true,
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

it("a sketch is foretold by its size, before it is sent", () => {
  const raster = { width: 515, height: 519, data: new Uint8Array() };
  expect(toForetold(draft, raster)).toEqual({ ...toRequest(draft), image: { width: 515, height: 519 } });
});
