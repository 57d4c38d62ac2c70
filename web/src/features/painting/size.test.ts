import { describe, expect, it } from "vitest";
import { ofRatio, resized, snap, swapped } from "./size";

describe("a size", () => {
  it("is a multiple of 8 within what can be painted", () => {
    expect([1, 500, 516, 99999].map(snap)).toEqual([8, 504, 520, 16384]);
  });

  it("keeps its area when it gets another ratio", () => {
    expect(ofRatio(512, 16 / 9)).toEqual({ width: 680, height: 384 });
    expect(ofRatio(512, 1)).toEqual({ width: 512, height: 512 });
  });

  it("lets the other side follow where the ratio is locked", () => {
    expect(resized({ width: 512, height: 768 }, "width", 256, 2 / 3)).toEqual({ width: 256, height: 384 });
    expect(resized({ width: 512, height: 768 }, "height", 384, 2 / 3)).toEqual({ width: 256, height: 384 });
    expect(resized({ width: 512, height: 768 }, "height", 512)).toEqual({ width: 512, height: 512 });
  });

  it("has no ratio to keep where a side is left to the checkpoint", () => {
    expect(resized({ width: 64, height: 64 }, "width", 0, 1)).toEqual({ width: 0, height: 64 });
  });

  it("can be turned", () => {
    expect(swapped({ width: 8, height: 16 })).toEqual({ width: 16, height: 8 });
  });
});
