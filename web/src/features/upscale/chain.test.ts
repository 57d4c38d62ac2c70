import { describe, expect, it } from "vitest";
import type { Upscale } from "../../state/drafts";
import { chainOf, croppedTo, factorOf, withImage, workflowOf } from "./chain";

const draft: Upscale = {
  upscaler: "Lanczos", sizing: "factor", factor: 2, width: 800, height: 600, crop: true, second_upscaler: "None", second_visibility: 0,
  tile: 192, overlap: 32, faces: "none", faces_first: false, visibility: 0.7, weight: 0.4, detail_prompt: "a face", detail_strength: 0.3,
};

describe("the jobs of an upscale", () => {
  it("are one where no faces are wanted", () => {
    expect(chainOf(draft, "")).toEqual([
      { kind: "upscale", upscaler: "Lanczos", second_upscaler: "None", second_visibility: 0, tile: 192, overlap: 32, factor: 2 },
    ]);
  });

  it("cover a size, and cut to it exactly where that is wanted", () => {
    const [covering] = chainOf({ ...draft, sizing: "size" }, "");
    expect(covering).toMatchObject({ width: 800, height: 600, crop: true, exact: true });
    expect(covering).not.toHaveProperty("factor");
    const [whole] = chainOf({ ...draft, sizing: "size", height: 0 }, "");
    expect(whole).toMatchObject({ width: 800, height: 0, crop: false });
  });

  it("restore faces after or before", () => {
    const kinds = (first: boolean) => chainOf({ ...draft, faces: "CodeFormer", faces_first: first }, "").map(({ kind }) => kind);
    expect(kinds(false)).toEqual(["upscale", "faces"]);
    expect(kinds(true)).toEqual(["faces", "upscale"]);
  });

  it("paint faces anew with their own prompt and the checkpoint in use", () => {
    expect(chainOf({ ...draft, faces: "detail" }, "mine")[1]).toEqual({ kind: "detail", prompt: "a face", strength: 0.3, checkpoint: "mine" });
  });

  it("begin each with the picture before them", () => {
    const { images, stages } = workflowOf(chainOf({ ...draft, faces: "detail", faces_first: true }, ""), "abc");
    expect(images).toEqual({ picture: { id: "abc" } });
    expect(Object.entries(stages).map(([name, { image }]) => [name, image])).toEqual([["detail", "picture"], ["upscale", "detail"]]);
  });

  it("can be asked about alone", () => {
    const [link] = chainOf(draft, "");
    expect(link && withImage(link, "abc")).toMatchObject({ image: { id: "abc" } });
  });
});

it("the factor follows from the size where one is wanted", () => {
  expect(factorOf(draft, { width: 100, height: 100 })).toBe(2);
  expect(factorOf({ ...draft, sizing: "size" }, { width: 100, height: 100 })).toBe(8);
});

it("nothing is cropped without both sides", () => {
  expect(croppedTo(draft)).toBeUndefined();
  expect(croppedTo({ ...draft, sizing: "size", height: 0 })).toBeUndefined();
  expect(croppedTo({ ...draft, sizing: "size" })).toEqual({ width: 800, height: 600 });
});
