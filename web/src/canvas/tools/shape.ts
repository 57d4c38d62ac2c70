/** What lasso and rectangle have in common: an outline that is filled when the pen is lifted; with Alt it is emptied. */

import { isEmpty, type ImagePoint } from "../geometry";
import { coverPolygon } from "../polygon";
import { fillRect } from "../raster";
import { inked } from "../stroke";
import type { Contact, Desk, Modifiers, Tool } from "./tool";

/** The corners that follow from where the pen has been. */
export type Outline = (trail: readonly ImagePoint[], held: Modifiers) => readonly ImagePoint[];

export class ShapeTool implements Tool {
  readonly #desk: Desk;
  readonly #outline: Outline;
  #trail: ImagePoint[] = [];
  #held: Modifiers = { shift: false, alt: false };

  constructor(desk: Desk, outline: Outline) {
    this.#desk = desk;
    this.#outline = outline;
  }

  down(contact: Contact, held: Modifiers): void {
    this.#trail = [contact.at];
    this.#held = held;
  }

  move(contacts: readonly Contact[]): void {
    if (!this.#trail.length) return;
    this.#trail.push(...contacts.map((contact) => contact.at));
    this.#desk.outline(this.#outline(this.#trail, this.#held));
  }

  up(): void {
    const { raster, cover, ink, commit } = this.#desk;
    const rect = coverPolygon(cover, this.#outline(this.#trail, this.#held));
    if (!isEmpty(rect)) {
      const change = inked(raster, cover, rect, ink(this.#held.alt));
      fillRect(cover, rect, [0]);
      commit(change, rect);
    }
    this.cancel();
  }

  cancel(): void {
    this.#trail = [];
    this.#desk.outline([]);
  }
}
