import { describe, expect, it } from "vitest";
import { placePicture } from "./placing";

const sight = (zoom: "fit" | "one", x = 0.5, y = 0.5, density = 1) => ({ zoom, centre: { x, y }, density });

describe("a picture in its box", () => {
  it("is shown whole, as large as it can be", () => {
    expect(placePicture({ width: 2048, height: 1024 }, { width: 800, height: 600 }, sight("fit")).shown).toEqual({ width: 800, height: 400 });
  });

  it("is not enlarged beyond recognition", () => {
    expect(placePicture({ width: 10, height: 10 }, { width: 800, height: 600 }, sight("fit")).shown).toEqual({ width: 60, height: 60 });
  });

  it("has as many pixels as a dense screen", () => {
    expect(placePicture({ width: 4000, height: 4000 }, { width: 500, height: 500 }, sight("fit", 0, 0, 2)).pixels).toEqual({ width: 1000, height: 1000 });
  });

  it("is seen pixel by pixel around a place, up to its edges", () => {
    const picture = { width: 1000, height: 1000 };
    const box = { width: 200, height: 100 };
    expect(placePicture(picture, box, sight("one", 0.5, 0.5)).window).toEqual({ left: 400, top: 450, width: 200, height: 100 });
    const corner = placePicture(picture, box, sight("one", 5, -3));
    expect(corner.window).toEqual({ left: 800, top: 0, width: 200, height: 100 });
    expect(corner.centre).toEqual({ x: 0.9, y: 0.05 });
  });

  it("is seen whole pixel by pixel where it is smaller than the box", () => {
    const placed = placePicture({ width: 50, height: 40 }, { width: 200, height: 100 }, sight("one", 0.5, 0.5, 2));
    expect([placed.shown, placed.window]).toEqual([{ width: 25, height: 20 }, { left: 0, top: 0, width: 50, height: 40 }]);
  });
});
