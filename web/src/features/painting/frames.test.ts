import { describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import { framesOf, ratioOf, sliceOf } from "./frames";

function job(status: Job["status"], places: number[], request: object = { batch_size: 4, width: 64, height: 64 }): Job {
  const pictures = places.map((place) => ({ id: `p${place}`, place, width: 64, height: 64 }));
  return { status, pictures, request } as unknown as Job;
}

describe("the frames of a job", () => {
  it("are there before the pictures are", () => {
    expect(framesOf(job("running", [0])).map(({ place, picture }) => [place, picture?.id])).toEqual([
      [0, "p0"], [1, undefined], [2, undefined], [3, undefined],
    ]);
  });

  it("are those of the pictures, once it is over", () => {
    expect(framesOf(job("cancelled", [1, 0])).map((frame) => frame.place)).toEqual([0, 1]);
  });

  it("have the ratio that was asked for", () => {
    expect(ratioOf(job("queued", [], { width: 128, height: 64 }))).toBe(2);
    expect(ratioOf(job("queued", [], { width: 0, height: 0 }))).toBe(1);
  });
});

describe("the preview of a batch", () => {
  it("has a part for each picture, side by side", () => {
    expect(sliceOf(job("running", []), 2, 4)).toEqual({ index: 2, count: 4 });
  });

  it("shows one picture where they are made one after another", () => {
    expect(sliceOf(job("running", [0, 1]), 2, 1)).toEqual({ index: 0, count: 1 });
    expect(sliceOf(job("running", [0, 1]), 3, 1)).toBeUndefined();
  });

  it("belongs to the batch that is being made", () => {
    const second = job("running", [0, 1], { batch_size: 2, batch_count: 2, width: 64, height: 64 });
    expect(sliceOf(second, 1, 2)).toBeUndefined();
    expect(sliceOf(second, 3, 2)).toEqual({ index: 1, count: 2 });
  });
});
