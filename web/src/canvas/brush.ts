/** A brush: points of a pen become dabs, dabs become coverage. */

import { inside, type Raster } from "./raster";
import { imagePoint, type ImagePoint, type Rect } from "./geometry";

export interface Brush {
  /** Diameter in pixels of the picture. */
  readonly size: number;
  /** 1 ends sharply, 0 fades from the middle on. */
  readonly hardness: number;
  /** Of the whole stroke, however often it crosses itself. */
  readonly opacity: number;
  /** What the pen's pressure governs. */
  readonly pressure: "none" | "size" | "opacity";
}

export const SMALLEST_BRUSH = 1;
export const LARGEST_BRUSH = 1000;

/** Where the pen was, and how hard it was pressed, from 0 to 1. */
export interface PenPoint {
  readonly at: ImagePoint;
  readonly pressure: number;
}

/** One print of the brush. */
export interface Dab {
  readonly at: ImagePoint;
  readonly radius: number;
  /** 0 to 1. */
  readonly strength: number;
}

/** The lightest touch still paints a little. */
const LEAST_PRESSURE = 0.05;

/** Pixels by which the edge between two dabs may fall short of a straight line. */
const SCALLOP = 0.25;

/** Pixels of a curve that are taken for straight. */
const CHORD = 2;

/** The way of a pen, as dabs that stand close enough to look like one stroke. */
export class Path {
  readonly #brush: Brush;
  #last: PenPoint | undefined;
  /** Middle of the last two points: so far the curve is drawn. */
  #middle: PenPoint | undefined;
  #sinceDab = 0;

  constructor(brush: Brush) {
    this.#brush = brush;
  }

  /** The dabs up to another point of the pen; the first point gives one at once. */
  to(point: PenPoint): Dab[] {
    const last = this.#last;
    this.#last = point;
    if (!last) {
      this.#middle = point;
      return [dab(this.#brush, point)];
    }
    const [from, middle] = [this.#middle ?? last, between(last, point, 0.5)];
    this.#middle = middle;
    return this.#curve(from, last, middle);
  }

  /** The dabs from the middle of the last two points to the last one. */
  end(): Dab[] {
    const [from, last] = [this.#middle, this.#last];
    this.#middle = last;
    return from && last ? this.#curve(from, between(from, last, 0.5), last) : [];
  }

  /** Dabs along a quadratic Bézier curve. */
  #curve(from: PenPoint, control: PenPoint, to: PenPoint): Dab[] {
    const length = distance(from, control) + distance(control, to);
    const pieces = Math.max(1, Math.ceil(length / CHORD));
    const dabs: Dab[] = [];
    let before = from;
    for (let piece = 1; piece <= pieces; piece += 1) {
      const t = piece / pieces;
      const point = between(between(from, control, t), between(control, to, t), t);
      dabs.push(...this.#line(before, point));
      before = point;
    }
    return dabs;
  }

  #line(from: PenPoint, to: PenPoint): Dab[] {
    const length = distance(from, to);
    const step = spacing(dab(this.#brush, to).radius);
    const dabs: Dab[] = [];
    let next = step - this.#sinceDab;
    for (; next <= length; next += step) dabs.push(dab(this.#brush, between(from, to, next / length)));
    this.#sinceDab = length - (next - step);
    return dabs;
  }
}

/** The longest way between two dabs at which the stroke's edge stays smooth: chords of a circle of this radius sink in by s²/8r. */
export function spacing(radius: number): number {
  return Math.max(0.5, Math.min(Math.sqrt(8 * radius * SCALLOP), radius));
}

/** How much a dab covers at a distance from its middle, 0 to 1: a smooth step that a hard brush makes within one pixel. */
export function coverage(away: number, radius: number, hardness: number): number {
  const [inner, outer] = edges(radius, hardness);
  const share = Math.min(Math.max((outer - away) / (outer - inner), 0), 1);
  return share * share * (3 - 2 * share);
}

/** Put a dab's coverage where it is more than what is there already; answers where that may be. */
export function stamp(cover: Raster, { at, radius, strength }: Dab, hardness: number): Rect {
  const profile = new Profile(radius, hardness, strength);
  const { outer } = profile;
  const rect = inside(cover, { x: at.x - outer, y: at.y - outer, width: 2 * outer, height: 2 * outer });
  const right = rect.x + rect.width;
  for (let y = rect.y; y < rect.y + rect.height; y += 1) {
    const dy = y + 0.5 - at.y;
    const core = halfChord(profile.inner, dy);
    const coreStart = Math.min(Math.max(rect.x, Math.ceil(at.x - core - 0.5)), right);
    const coreEnd = core ? Math.max(coreStart, Math.min(right, Math.floor(at.x + core + 0.5))) : coreStart;
    const row = cover.data.subarray(y * cover.width + rect.x, y * cover.width + right);
    profile.raise(row, 0, coreStart - rect.x, at.x - rect.x, dy);
    profile.raiseCore(row, coreStart - rect.x, coreEnd - rect.x);
    profile.raise(row, coreEnd - rect.x, rect.width, at.x - rect.x, dy);
  }
  return rect;
}

/** Steps of a dab's profile for each pixel. */
const FINENESS = 16;

/** How a dab falls off from its core to its edge, by distance. */
class Profile {
  readonly inner: number;
  readonly outer: number;
  readonly #steps: Uint8Array;

  constructor(radius: number, hardness: number, strength: number) {
    [this.inner, this.outer] = edges(radius, hardness);
    this.#steps = new Uint8Array(Math.ceil((this.outer - this.inner) * FINENESS) + 1);
    for (let step = 0; step < this.#steps.length; step += 1) {
      this.#steps[step] = Math.round(255 * strength * coverage(this.inner + step / FINENESS, radius, hardness));
    }
  }

  /** Raise a part of a row, that lies `dy` above or below the dab's middle, to the profile. */
  raise(row: Uint8ClampedArray, start: number, end: number, middle: number, dy: number): void {
    for (let x = start; x < end; x += 1) {
      const dx = x + 0.5 - middle;
      const step = ((Math.sqrt(dx * dx + dy * dy) - this.inner) * FINENESS + 0.5) | 0;
      const value = this.#steps[step < 0 ? 0 : step] ?? 0;
      if (value > (row[x] ?? 0)) row[x] = value;
    }
  }

  /** Raise a part of a row that lies in the core. */
  raiseCore(row: Uint8ClampedArray, start: number, end: number): void {
    const full = this.#steps[0] ?? 0;
    if (full === 255) row.fill(255, start, end);
    else for (let x = start; x < end; x += 1) row[x] = Math.max(row[x] ?? 0, full);
  }
}

/** Half of what a circle cuts out of a line that passes its middle at a distance. */
function halfChord(radius: number, away: number): number {
  return radius > Math.abs(away) ? Math.sqrt(radius * radius - away * away) : 0;
}

/** Where a dab begins to fall off, and where it ends. */
function edges(radius: number, hardness: number): [inner: number, outer: number] {
  return [Math.max(0, (radius - 0.5) * hardness), radius + 0.5];
}

function dab(brush: Brush, { at, pressure }: PenPoint): Dab {
  const force = Math.max(LEAST_PRESSURE, pressure);
  return {
    at,
    radius: Math.max(SMALLEST_BRUSH, brush.size * (brush.pressure === "size" ? force : 1)) / 2,
    strength: brush.pressure === "opacity" ? force : 1,
  };
}

function between(a: PenPoint, b: PenPoint, t: number): PenPoint {
  const mix = (from: number, to: number): number => from + (to - from) * t;
  return { at: imagePoint(mix(a.at.x, b.at.x), mix(a.at.y, b.at.y)), pressure: mix(a.pressure, b.pressure) };
}

function distance(a: PenPoint, b: PenPoint): number {
  return Math.hypot(a.at.x - b.at.x, a.at.y - b.at.y);
}
