import { describe, expect, it } from "vitest";
import type { Inpaint } from "../../state/drafts";
import type { Job } from "../../api/types";
import { toForetold, toRequest } from "./request";

const draft: Inpaint = {
  prompt: "a green eye", negative_prompt: "", styles: [], checkpoint: "", vae: "Automatic", sampler: "DPM++ 2M", schedule: "Automatic", steps: 20,
  guidance_scale: 7, width: 0, height: 0, seed: -1, batch_size: 4, clip_skip: 1, deep_cache: 1, bf16: false, fp8: false,
  strength: 0.6, mask_blur: 4, invert: false, content: "fill", area: "masked", padding: 48, soft: false,
};

describe("a repair's request", () => {
  it("names picture and mask, and how the mask is used", () => {
    expect(toRequest(draft, "picture", "mask")).toMatchObject({
      kind: "inpaint", image: { id: "picture" }, mask: { id: "mask" }, content: "fill", area: "masked", padding: 48, mask_blur: 4, strength: 0.6, invert: false, soft: null,
    });
  });

  it("asks for soft inpainting with the server's own settings", () => {
    expect(toRequest({ ...draft, soft: true }, "picture", "mask").soft).toEqual({});
  });

  it("is foretold by the latest mask where its frame decides the size", () => {
    const made = [{ request: { mask: { id: "latest" } } }, { request: { mask: { id: "older" } } }] as unknown as Job[];
    expect(toForetold(draft, "picture", made)?.mask).toEqual({ id: "latest" });
    expect(toForetold(draft, "picture", [])).toBeUndefined();
  });

  it("is foretold without a mask where that does not matter", () => {
    expect(toForetold({ ...draft, area: "whole" }, "picture", [])).toEqual(toRequest({ ...draft, area: "whole" }, "picture", "picture"));
    expect(toForetold({ ...draft, width: 512, height: 512 }, "picture", [])).toBeDefined();
  });
});
