import { describe, expect, it } from "vitest";
import { coverage, Path, spacing, stamp, type Brush, type PenPoint } from "./brush";
import { imagePoint } from "./geometry";
import { createRaster } from "./raster";

const brush: Brush = { size: 20, hardness: 1, opacity: 1, pressure: "none" };
const pen = (x: number, y: number, pressure = 1): PenPoint => ({ at: imagePoint(x, y), pressure });

describe("coverage", () => {
  it("of a hard brush is that of a disc, soft over one pixel", () => {
    expect(coverage(9.4, 10, 1)).toBe(1);
    expect(coverage(10, 10, 1)).toBeCloseTo(0.5);
    expect(coverage(10.5, 10, 1)).toBe(0);
  });

  it("of a soft brush falls steadily from the middle", () => {
    const fall = [0, 2, 4, 6, 8, 10].map((away) => coverage(away, 10, 0));
    expect(fall[0]).toBe(1);
    expect(fall.every((value, at) => at === 0 || value < (fall[at - 1] ?? 0))).toBe(true);
  });
});

describe("stamp", () => {
  it("paints what the formula says, at every pixel", () => {
    for (const [radius, hardness, strength] of [[10, 1, 1], [13.3, 0.5, 0.7], [0.5, 1, 1], [7, 0, 1]] as const) {
      const cover = createRaster({ width: 40, height: 40 }, 1);
      stamp(cover, { at: imagePoint(20.3, 18.6), radius, strength }, hardness);
      const errors = Array.from(cover.data, (value, at) => {
        const away = Math.hypot((at % 40) + 0.5 - 20.3, Math.floor(at / 40) + 0.5 - 18.6);
        return Math.abs(value - 255 * strength * coverage(away, radius, hardness));
      });
      expect(Math.max(...errors)).toBeLessThan(13);
    }
  });

  it("covers as much as a disc has area", () => {
    const cover = createRaster({ width: 64, height: 64 }, 1);
    stamp(cover, { at: imagePoint(32, 32), radius: 20, strength: 1 }, 1);
    expect(cover.data.reduce((sum, value) => sum + value, 0) / 255 / (Math.PI * 400)).toBeCloseTo(1, 2);
  });

  it("never takes away from what is covered", () => {
    const cover = createRaster({ width: 20, height: 20 }, 1);
    cover.data.fill(200);
    stamp(cover, { at: imagePoint(10, 10), radius: 5, strength: 0.5 }, 0.5);
    expect(new Set(cover.data)).toEqual(new Set([200]));
  });

  it("is cut at the edges", () => {
    const cover = createRaster({ width: 8, height: 8 }, 1);
    expect(stamp(cover, { at: imagePoint(0, 0), radius: 100, strength: 1 }, 1)).toEqual({ x: 0, y: 0, width: 8, height: 8 });
    expect(cover.data.every((value) => value === 255)).toBe(true);
    expect(stamp(cover, { at: imagePoint(-90, 0), radius: 10, strength: 1 }, 1).width).toBe(0);
  });
});

describe("a path", () => {
  it("prints once where the pen is put down", () => {
    const path = new Path(brush);
    expect(path.to(pen(5, 5))).toHaveLength(1);
    expect(path.end()).toEqual([]);
  });

  it("prints at even distances, however the pen's points lie", () => {
    const places = (xs: readonly number[]): number[] => {
      const path = new Path(brush);
      return [...xs.flatMap((x) => path.to(pen(x, 0))), ...path.end()].map((dab) => dab.at.x);
    };
    const step = spacing(10);
    const few = places([0, 100]);
    const many = places([0, 1, 5, 6, 30, 31, 64, 90, 99, 100]);
    few.forEach((x, index) => expect(x).toBeCloseTo(index * step));
    expect(many).toHaveLength(few.length);
    many.forEach((x, index) => expect(x).toBeCloseTo(index * step));
  });

  it("reaches the last point at its end", () => {
    const path = new Path(brush);
    const dabs = [path.to(pen(0, 0)), path.to(pen(50, 0)), path.to(pen(50, 50)), path.end()].flat();
    const last = dabs.at(-1);
    expect(last?.at.x).toBeCloseTo(50, 0);
    expect(50 - (last?.at.y ?? 0)).toBeLessThanOrEqual(spacing(10));
  });

  it("rounds corners", () => {
    const path = new Path(brush);
    const dabs = [path.to(pen(0, 0)), path.to(pen(50, 0)), path.to(pen(50, 50)), path.end()].flat();
    expect(dabs.some(({ at }) => Math.hypot(at.x - 50, at.y) < 1)).toBe(false);
  });

  it("is thin where a pen is pressed lightly, if the brush is told so", () => {
    const light = { ...brush, pressure: "size" } as const;
    expect(new Path(light).to(pen(0, 0, 0.5))[0]?.radius).toBe(5);
    expect(new Path(brush).to(pen(0, 0, 0.5))[0]?.radius).toBe(10);
    expect(new Path({ ...brush, pressure: "opacity" }).to(pen(0, 0, 0.5))[0]).toMatchObject({ radius: 10, strength: 0.5 });
  });

  it("leaves no gap in the edge of a stroke", () => {
    for (const radius of [1, 5, 40, 300]) {
      const half = spacing(radius) / 2;
      expect(radius - Math.sqrt(radius * radius - half * half)).toBeLessThanOrEqual(0.27);
    }
  });
});
