/** What is drawn on: a picture's layers, the tool in hand, and what can be undone. */

import type { Brush } from "./brush";
import { flattened } from "./compose";
import { whole, type ImagePoint, type Rect, type Size } from "./geometry";
import { History, type Change } from "./history";
import type { Ink } from "./ink";
import { Layer } from "./layer";
import { createRaster, type Color, type Raster } from "./raster";
import { TOOLS, type ToolName } from "./tools";
import type { Contact, Desk, Modifiers, Tool } from "./tools/tool";

/** Told of what happens on the easel. */
export interface Watcher {
  /** A part of the picture is to be drawn anew. */
  ondraw: (rect: Rect) => void;
  /** Something was done, undone or done again. */
  onchange: () => void;
  onoutline: (corners: readonly ImagePoint[]) => void;
  onpick: (color: Color) => void;
  onpan: (dx: number, dy: number) => void;
}

export class Easel implements Desk {
  readonly size: Size;
  /** The lowest first. A mask is a single layer of one channel. */
  readonly layers: readonly Layer[];
  readonly history = new History();
  brush: Brush = { size: 40, hardness: 0.8, opacity: 1, pressure: "size" };
  color: Color = [0, 0, 0];
  readonly cover: Raster;
  readonly #watcher: Watcher;
  #active: Layer;
  #atWork: Tool | undefined;

  /** @param layers One at least, all of the same size. The last is drawn on first. */
  constructor(layers: readonly [Layer, ...Layer[]], watcher: Watcher) {
    this.size = layers[0].raster;
    this.layers = layers;
    this.#active = layers.at(-1) ?? layers[0];
    this.#watcher = watcher;
    this.cover = createRaster(this.size, 1);
  }

  /** The layer that is drawn on. */
  get active(): Layer {
    return this.#active;
  }

  /** Draw on another layer from now on. */
  activate(layer: Layer): void {
    this.cancel();
    this.#active = layer;
  }

  get isBusy(): boolean {
    return this.#atWork !== undefined;
  }

  down(name: ToolName, contact: Contact, held: Modifiers): void {
    this.cancel();
    this.#atWork = TOOLS[name].make(this);
    this.#atWork.down(contact, held);
  }

  move(contacts: readonly Contact[]): void {
    this.#atWork?.move(contacts);
  }

  up(): void {
    this.#atWork?.up();
    this.#atWork = undefined;
  }

  /** Let go of what was begun, as if it had not been. */
  cancel(): void {
    this.#atWork?.cancel();
    this.#atWork = undefined;
  }

  undo(): void {
    this.#moved(() => this.history.undo());
  }

  redo(): void {
    this.#moved(() => this.history.redo());
  }

  /** Change the layer that is drawn on as a whole, such as to invert a mask. */
  apply(act: (raster: Raster) => Change): void {
    this.cancel();
    this.commit(act(this.raster), whole(this.raster));
  }

  /** Change several layers as one. */
  applyTo(layers: readonly Layer[], act: (raster: Raster) => Change): void {
    this.cancel();
    const changes = layers.map((layer) => ({ layer, change: act(layer.raster) }));
    const everything = whole(this.size);
    const tell = (): Rect => {
      for (const layer of layers) layer.touch(everything);
      return everything;
    };
    this.history.push({
      bytes: changes.reduce((sum, { change }) => sum + change.bytes, 0),
      toggle: () => {
        for (const { change } of changes) change.toggle();
        return tell();
      },
    });
    this.#watcher.ondraw(tell());
    this.#watcher.onchange();
  }

  get raster(): Raster {
    return this.#active.raster;
  }

  ink = (isErasing: boolean): Ink => {
    if (this.raster.channels === 1) return { value: [isErasing ? 0 : 255], opacity: 1 };
    return { value: isErasing ? undefined : this.color, opacity: this.brush.opacity };
  };

  seen = (): Raster => {
    if (this.raster.channels === 1) return this.raster;
    return flattened(this.layers.filter((layer) => layer.isVisible), this.size);
  };

  touch = (rect: Rect): void => {
    this.#active.touch(rect);
    this.#watcher.ondraw(rect);
  };

  commit = (change: Change, rect: Rect): void => {
    const layer = this.#active;
    this.touch(rect);
    this.history.push({
      bytes: change.bytes,
      toggle: () => {
        const back = change.toggle();
        layer.touch(back);
        return back;
      },
    });
    this.#watcher.onchange();
  };

  outline = (corners: readonly ImagePoint[]): void => this.#watcher.onoutline(corners);

  pick = (color: Color): void => this.#watcher.onpick(color);

  pan = (dx: number, dy: number): void => this.#watcher.onpan(dx, dy);

  #moved(move: () => Rect | undefined): void {
    this.cancel();
    const rect = move();
    if (!rect) return;
    this.#watcher.ondraw(rect);
    this.#watcher.onchange();
  }
}
