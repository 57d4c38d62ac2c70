/** What was done and can be undone, as far back as a budget of bytes reaches. */

import type { Rect } from "./geometry";

/** Something that was done. Toggling it takes it back; toggling it again does it once more. */
export interface Change {
  /** What it holds on to. */
  readonly bytes: number;
  /** Answers which part of the picture is to be drawn anew. */
  toggle: () => Rect;
}

/** Room for a few hundred strokes on a large picture. */
export const BUDGET = 256 * 2 ** 20;

export class History {
  readonly #budget: number;
  #done: Change[] = [];
  #undone: Change[] = [];
  #bytes = 0;

  constructor(budget = BUDGET) {
    this.#budget = budget;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Bytes held by everything that can be undone or done again. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Remember what has just been done. What was undone before can no longer be done again; the oldest changes make room, the latest never. */
  push(change: Change): void {
    this.#bytes += change.bytes - bytesOf(this.#undone);
    this.#undone = [];
    this.#done.push(change);
    while (this.#bytes > this.#budget && this.#done.length > 1) this.#bytes -= this.#done.shift()?.bytes ?? 0;
  }

  /** Take the latest change back; answers what is to be drawn anew, or nothing where there was none. */
  undo(): Rect | undefined {
    return move(this.#done, this.#undone);
  }

  redo(): Rect | undefined {
    return move(this.#undone, this.#done);
  }

  clear(): void {
    this.#done = [];
    this.#undone = [];
    this.#bytes = 0;
  }
}

function move(from: Change[], to: Change[]): Rect | undefined {
  const change = from.pop();
  if (!change) return undefined;
  to.push(change);
  return change.toggle();
}

function bytesOf(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + change.bytes, 0);
}
