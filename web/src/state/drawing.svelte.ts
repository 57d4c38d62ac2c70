/** A picture that is drawn on, as the page shows it: the tool in hand, the brush, the view. The pixels stay with the easel. */

import { LARGEST_BRUSH, SMALLEST_BRUSH, type Brush } from "../canvas/brush";
import { Easel } from "../canvas/easel";
import { screenPoint, whole, type ImagePoint, type Rect, type ScreenPoint, type Size, type Transform } from "../canvas/geometry";
import type { Change } from "../canvas/history";
import type { Layer } from "../canvas/layer";
import type { Color, Raster } from "../canvas/raster";
import { TOOLS, type ToolName } from "../canvas/tools";
import { fitted, keptInSight, panned, scaledTo, toggled, zoomed } from "../canvas/view";
import type { Draft } from "./draft.svelte";

/** What is remembered of how somebody draws. */
export interface Pen {
  tool: ToolName;
  size: number;
  hardness: number;
  opacity: number;
  pressure: Brush["pressure"];
  color: Color;
  /** The other colour; X swaps. */
  spare: Color;
}

type OnDraw = (rect: Rect) => void;

export class Drawing {
  readonly easel: Easel;
  readonly pen: Draft<Pen>;
  readonly tools: readonly ToolName[];
  view = $state.raw<Transform>({ scale: 1, x: 0, y: 0 });
  frame = $state.raw<Size>({ width: 0, height: 0 });
  outline = $state.raw<readonly ImagePoint[]>([]);
  /** Where the pointer is, over the picture; nowhere on its outside. */
  pointer = $state.raw<ScreenPoint | undefined>();
  /** A tool that is used while a key is held. */
  held = $state<ToolName | undefined>();
  /** Counts up with every change that can be undone. */
  revision = $state(0);
  canUndo = $state(false);
  canRedo = $state(false);
  /** The layer that is drawn on. */
  active = $state.raw<Layer>() as Layer;
  readonly tool = $derived.by(() => this.held ?? (this.tools.includes(this.pen.value.tool) ? this.pen.value.tool : "brush"));
  readonly cursor = $derived(TOOLS[this.tool].cursor);
  /** Told of every change that can be undone, and of undoing it. */
  onchange: (() => void) | undefined;
  readonly #drawn = new Set<OnDraw>();
  /** Whether the picture is shown as a whole, and is to stay so when its room changes. */
  #isFitted = true;

  /** @param layers The lowest first; a mask is one layer of one channel. @param tools Those that can be taken up. */
  constructor(layers: readonly [Layer, ...Layer[]], pen: Draft<Pen>, tools: readonly ToolName[]) {
    this.pen = pen;
    this.tools = tools;
    this.easel = new Easel(layers, {
      ondraw: (rect) => this.#draw(rect),
      onchange: () => this.#changed(),
      onoutline: (corners) => (this.outline = corners),
      onpick: (color) => (pen.value.color = color),
      onpan: (dx, dy) => this.pan(dx, dy),
    });
    this.active = this.easel.active;
  }

  get size(): Size {
    return this.easel.size;
  }

  get isMask(): boolean {
    return this.easel.layers[0]?.raster.channels === 1;
  }

  /** Be told of what is to be drawn anew; call what is returned to stop. */
  follow(draw: OnDraw): () => void {
    this.#drawn.add(draw);
    return () => this.#drawn.delete(draw);
  }

  /** Hand brush and colour to the easel, before a tool is put down. */
  prepare(): void {
    const { size, hardness, opacity, pressure, color } = this.pen.value;
    this.easel.brush = { size, hardness, opacity, pressure };
    this.easel.color = color;
  }

  take(tool: ToolName): void {
    this.easel.cancel();
    this.pen.value.tool = tool;
  }

  /** One step larger or smaller, of about a seventh. */
  resizeBrush(way: 1 | -1): void {
    const { size } = this.pen.value;
    const by = Math.max(1, Math.round(size * 0.15));
    this.pen.value.size = Math.min(LARGEST_BRUSH, Math.max(SMALLEST_BRUSH, Math.round(size + way * by)));
  }

  hardenBrush(way: 1 | -1): void {
    this.pen.value.hardness = Math.min(1, Math.max(0, Math.round(this.pen.value.hardness * 10 + way) / 10));
  }

  swapColors(): void {
    const { color, spare } = this.pen.value;
    Object.assign(this.pen.value, { color: spare, spare: color });
  }

  activate(layer: Layer): void {
    this.easel.activate(layer);
    this.active = layer;
  }

  /** Change the layer that is drawn on as a whole. */
  apply(act: (raster: Raster) => Change): void {
    this.easel.apply(act);
  }

  /** Something else about the layers has changed: how they are shown. */
  refresh(): void {
    this.#draw(whole(this.size));
    this.#changed();
  }

  undo(): void {
    this.easel.undo();
  }

  redo(): void {
    this.easel.redo();
  }

  /** The room there is for the picture. */
  reframe(frame: Size): void {
    this.frame = frame;
    if (frame.width === 0 || frame.height === 0) return;
    if (this.#isFitted) this.fit();
    else this.look(this.view);
  }

  fit(): void {
    this.#isFitted = true;
    this.view = fitted(this.size, this.frame);
  }

  /** Look at the picture in another way, as far as it stays in sight. */
  look(view: Transform): void {
    this.#isFitted = false;
    this.view = keptInSight(view, this.size, this.frame);
  }

  pan(dx: number, dy: number): void {
    this.look(panned(this.view, dx, dy));
  }

  zoom(factor: number, at: ScreenPoint = this.#middle): void {
    this.look(zoomed(this.view, at, factor));
  }

  /** Between the whole picture and one pixel for one. */
  toggleZoom(at: ScreenPoint = this.pointer ?? this.#middle): void {
    const onePixel = 1 / devicePixelRatio;
    this.view = toggled(this.view, at, this.size, this.frame, onePixel);
    this.#isFitted = this.view.scale !== onePixel;
  }

  actualSize(): void {
    this.look(scaledTo(this.view, this.pointer ?? this.#middle, 1 / devicePixelRatio));
  }

  get #middle(): ScreenPoint {
    return screenPoint(this.frame.width / 2, this.frame.height / 2);
  }

  #draw(rect: Rect): void {
    for (const draw of this.#drawn) draw(rect);
  }

  #changed(): void {
    this.revision += 1;
    this.canUndo = this.easel.history.canUndo;
    this.canRedo = this.easel.history.canRedo;
    this.onchange?.();
  }
}

/** How somebody draws before they have chosen anything. */
export const PEN: Pen = {
  tool: "brush", size: 40, hardness: 0.8, opacity: 1, pressure: "size", color: [32, 32, 32], spare: [255, 255, 255],
};
