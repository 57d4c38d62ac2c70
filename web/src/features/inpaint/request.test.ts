import { describe, expect, it } from "vitest";
import type { Inpaint } from "../../state/drafts";
import { imageOf, toRequest } from "./request";

const draft: Inpaint = {
  prompt: "a green eye", negative_prompt: "", styles: [], checkpoint: "", vae: "Automatic", sampler: "DPM++ 2M", schedule: "Automatic", steps: 20,
  guidance_scale: 7, width: 0, height: 0, seed: -1, batch_size: 4, clip_skip: 1,
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

  it("is found by its picture", () => {
    expect(imageOf(toRequest(draft, "picture", "mask"))).toBe("picture");
    expect(imageOf({ prompt: "no picture" })).toBeUndefined();
  });
});
