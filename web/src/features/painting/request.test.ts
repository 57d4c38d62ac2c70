import { describe, expect, it } from "vitest";
import type { Compose } from "../../state/drafts";
import { inputOf, toPainting, toRequest } from "./request";

const DRAFT: Compose = {
  prompt: "a (green:1.2) apple", negative_prompt: "blurry", styles: ["oil"], checkpoint: "velatura-mini", vae: "None", sampler: "Euler a",
  schedule: "Karras", steps: 31, guidance_scale: 5.5, width: 512, height: 768, seed: 18446744073709551615n, batch_size: 6, clip_skip: 2, deep_cache: 3, bf16: true, fp8: true,
  tiling: true, variation: { seed: 7, strength: 0.2 }, hires: { scale: 1.5, upscaler: "Lanczos" },
};

describe("a draft's request", () => {
  it("says everything that the draft says", () => {
    const { deep_cache, bf16, fp8, ...settings } = DRAFT;
    expect(toRequest(DRAFT)).toEqual({ kind: "txt2img", ...settings, sampling: { deep_cache, bf16, fp8 } });
  });

  it("shares nothing with the draft, which goes on changing", () => {
    const request = toRequest(DRAFT);
    expect(request.styles).not.toBe(DRAFT.styles);
    expect(request.variation).not.toBe(DRAFT.variation);
    expect(request.hires).not.toBe(DRAFT.hires);
  });

  it("leaves out what is switched off", () => {
    expect(toRequest({ ...DRAFT, variation: null, hires: null })).toMatchObject({ variation: null, hires: null });
  });
});

it("has what all stages share, and nothing of one stage only", () => {
  expect(Object.keys(toPainting(DRAFT))).not.toContain("hires");
  expect(toPainting(DRAFT)).toMatchObject({ prompt: DRAFT.prompt, seed: DRAFT.seed, clip_skip: 2 });
});

it("names what it begins with", () => {
  expect(inputOf({ image: { id: "picture" }, mask: { id: "mask" } }, "mask")).toBe("mask");
  expect(inputOf({ prompt: "no picture" }, "image")).toBeUndefined();
});
