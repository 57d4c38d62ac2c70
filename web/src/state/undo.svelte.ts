/** What was, so that it can be had back: one entry a gesture, however many changes it is made of. */

const PAUSE_MS = 700;
const MOST = 200;

export class Undo<T> {
  #past = $state.raw<readonly T[]>([]);
  #future = $state.raw<readonly T[]>([]);
  #gesture: { name: string; at: number } | undefined;
  readonly #now: () => number;

  /** @param now A clock in milliseconds, which tells one gesture from the next. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Note what was before a change. Changes of one gesture without a pause are undone together. */
  note(before: T, gesture: string): void {
    const at = this.#now();
    const goesOn = this.#gesture?.name === gesture && at - this.#gesture.at < PAUSE_MS;
    this.#gesture = { name: gesture, at };
    this.#future = [];
    if (!goesOn) this.#past = [...this.#past, before].slice(-MOST);
  }

  /** What was before the latest gesture; `now` can be had again. */
  undo(now: T): T {
    const [before, ...rest] = this.#past.toReversed();
    if (before === undefined) return now;
    this.#past = rest.toReversed();
    this.#future = [...this.#future, now];
    this.#gesture = undefined;
    return before;
  }

  /** What was undone last. */
  redo(now: T): T {
    const [after, ...rest] = this.#future.toReversed();
    if (after === undefined) return now;
    this.#future = rest.toReversed();
    this.#past = [...this.#past, now];
    this.#gesture = undefined;
    return after;
  }
}
