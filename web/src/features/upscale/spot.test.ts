import { expect, it } from "vitest";
import { movedSpot, spotOffset } from "./spot";

const picture = { width: 1000, height: 500 };
const pane = { width: 200, height: 100 };

it("a spot stands in the middle of its pane", () => {
  expect(spotOffset({ x: 0.25, y: 0.5 }, picture, pane)).toEqual({ left: -150, top: -200 });
});

it("a spot moves by pixels and stops where the pane would show what is no picture", () => {
  expect(movedSpot({ x: 0.5, y: 0.5 }, 100, -50, picture, pane)).toEqual({ x: 0.6, y: 0.4 });
  expect(movedSpot({ x: 0.5, y: 0.5 }, 9999, -9999, picture, pane)).toEqual({ x: 0.9, y: 0.1 });
});

it("a picture smaller than its pane stays in the middle", () => {
  expect(movedSpot({ x: 0.1, y: 0.9 }, 5, 5, { width: 50, height: 50 }, pane)).toEqual({ x: 0.5, y: 0.5 });
});
