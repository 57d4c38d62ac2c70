import { describe, expect, it } from "vitest";
import type { Pixels } from "./pixels";
import { Workshop } from "./workshop";

const picture: Pixels = {
  width: 2,
  height: 1,
  channels: 4,
  data: Uint8ClampedArray.from([10, 20, 30, 255, 200, 100, 0, 255]),
};

describe("an opened picture", () => {
  it("is rendered as it is where nothing is to be done", () => {
    expect(new Workshop(picture).render([])).toEqual(picture);
  });

  it("stays whole when what was rendered is given away", () => {
    const transparent = { ...picture, data: Uint8ClampedArray.from([10, 20, 30, 0, 200, 100, 0, 255]) };
    const workshop = new Workshop(transparent);
    workshop.render([]).data.fill(7);
    expect(workshop.render([]).data).toEqual(transparent.data);
  });

  it("keeps alpha that hides nothing out of histograms", () => {
    const { value } = new Workshop(picture).count([]);
    expect([value[30], value[200]]).toEqual([1, 1]);
  });

  it("counts what the adjustments leave", () => {
    const { red } = new Workshop(picture).count([{ kind: "crop", left: 1, width: 1, height: 1 }]);
    expect([red[10], red[200]]).toEqual([0, 1]);
  });

  it("finds levels behind the adjustments before them", () => {
    const inverted = new Workshop(picture).findLevels([{ kind: "levels", low_output: 1, high_output: 0 }]);
    expect(inverted[0]).toMatchObject({ channel: "red", low_input: 55 / 255, high_input: 245 / 255 });
  });

  it("previews a new frame anew", () => {
    const workshop = new Workshop(picture);
    expect(workshop.preview([], { width: 1, height: 1 }).pixels.width).toBe(1);
    const { pixels, size } = workshop.preview([], { width: 9, height: 9 });
    expect([pixels.width, size]).toEqual([2, { width: 2, height: 1 }]);
  });
});
