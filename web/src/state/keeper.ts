/** Keeps something a moment after it has changed, once however often it did. */

const PAUSE_MS = 400;

export class Keeper {
  readonly #keep: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One after another: what was earlier must not be written later. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(keep: () => Promise<void>) {
    this.#keep = keep;
  }

  /** It has changed. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Keep it now, if it has changed. */
  async flush(): Promise<void> {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const before = this.#last.catch(() => undefined); // told to who asked for it
    const kept = before.then(() => this.#keep());
    this.#last = kept;
    await kept;
  }
}
