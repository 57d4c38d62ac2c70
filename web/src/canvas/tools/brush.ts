/** Brush and eraser: strokes. */

import { Stroke } from "../stroke";
import type { Contact, Desk, Tool } from "./tool";

export class StrokeTool implements Tool {
  readonly #desk: Desk;
  readonly #isErasing: boolean;
  #stroke: Stroke | undefined;

  constructor(desk: Desk, isErasing: boolean) {
    this.#desk = desk;
    this.#isErasing = isErasing;
  }

  down(contact: Contact): void {
    const { raster, cover, brush, ink } = this.#desk;
    this.#stroke = new Stroke(raster, cover, brush, { ...ink(this.#isErasing), opacity: brush.opacity });
    this.move([contact]);
  }

  move(contacts: readonly Contact[]): void {
    if (this.#stroke) this.#desk.touch(this.#stroke.to(contacts));
  }

  up(): void {
    const ended = this.#stroke?.end();
    this.#stroke = undefined;
    if (ended) this.#desk.commit(ended.change, ended.rect);
  }

  cancel(): void {
    if (this.#stroke) this.#desk.touch(this.#stroke.cancel());
    this.#stroke = undefined;
  }
}

export function brush(desk: Desk): Tool {
  return new StrokeTool(desk, false);
}
