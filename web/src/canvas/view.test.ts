import { describe, expect, it } from "vitest";
import { screenPoint, toImage, toScreen, imagePoint } from "./geometry";
import { fitted, keptInSight, LARGEST_SCALE, pinched, scaledTo, toggled, zoomed } from "./view";

const picture = { width: 2048, height: 1024 };
const frame = { width: 1000, height: 800 };

describe("a view", () => {
  it("shows the whole picture in the middle", () => {
    const view = fitted(picture, frame);
    const [corner, opposite] = [toScreen(imagePoint(0, 0), view), toScreen(imagePoint(2048, 1024), view)];
    expect(corner.x).toBeGreaterThan(0);
    expect(opposite.x).toBeLessThan(1000);
    expect(corner.x + opposite.x).toBeCloseTo(1000, -0.5);
    expect(corner.y + opposite.y).toBeCloseTo(800, -0.5);
  });

  it("enlarges small pictures by a whole factor", () => {
    expect(fitted({ width: 128, height: 128 }, frame).scale).toBe(5);
  });

  it("keeps what is under the pointer where it is when zooming", () => {
    const at = screenPoint(311, 97);
    const before = fitted(picture, frame);
    const after = zoomed(before, at, 1.7);
    expect(after.scale).toBeCloseTo(before.scale * 1.7);
    expect(toImage(at, after).x).toBeCloseTo(toImage(at, before).x);
    expect(toImage(at, after).y).toBeCloseTo(toImage(at, before).y);
  });

  it("ends zooming at its limit without moving", () => {
    const most = scaledTo(fitted(picture, frame), screenPoint(0, 0), LARGEST_SCALE);
    expect(zoomed(most, screenPoint(50, 50), 2)).toEqual(most);
  });

  it("goes between one pixel for one and the whole picture", () => {
    const at = screenPoint(500, 400);
    const near = toggled(fitted(picture, frame), at, picture, frame, 1);
    expect(near.scale).toBe(1);
    expect(toggled(near, at, picture, frame, 1)).toEqual(fitted(picture, frame));
  });

  it("never loses the picture out of sight", () => {
    const lost = { scale: 1, x: 99999, y: -99999 };
    expect(keptInSight(lost, picture, frame)).toEqual({ scale: 1, x: 1000 - 48, y: 48 - 1024 });
  });

  it("follows two fingers, so that the same pixels stay under them", () => {
    const before = [screenPoint(100, 100), screenPoint(200, 100)] as const;
    const after = [screenPoint(150, 300), screenPoint(350, 300)] as const;
    const view = fitted(picture, frame);
    const moved = pinched(view, before, after);
    expect(moved.scale).toBeCloseTo(view.scale * 2);
    expect(toImage(after[1], moved).x).toBeCloseTo(toImage(before[1], view).x);
    expect(toImage(after[0], moved).y).toBeCloseTo(toImage(before[0], view).y);
  });
});
