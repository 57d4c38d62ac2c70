import { expect, it } from "vitest";
import { histogramPath } from "./histogram_path";

it("stands on the ground and reaches the top at its tallest inner tone", () => {
  expect(histogramPath(Float64Array.of(0, 4, 2, 0))).toBe("M0 1L0 1L0.3333 0L0.6667 0.5L1 1L1 1Z");
});

it("cuts off clipped ends rather than flattening all else", () => {
  expect(histogramPath(Float64Array.of(1000, 2, 1, 500))).toBe("M0 1L0 0L0.3333 0L0.6667 0.5L1 0L1 1Z");
});

it("shows the ends where there is nothing else", () => {
  expect(histogramPath(Float64Array.of(4, 0, 0, 1))).toBe("M0 1L0 0L0.3333 1L0.6667 1L1 0.75L1 1Z");
});

it("is empty where nothing was counted", () => {
  expect(histogramPath(new Float64Array(256))).toBe("");
});
