/** A question that is asked anew as things change: once they pause, and only the latest counts. */

export class Question {
  readonly #pauseMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flight: AbortController | undefined;

  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** Ask soon; whatever was asked before no longer counts, and its signal says so. */
  ask(ask: (signal: AbortSignal) => Promise<void>, pauseMs = this.#pauseMs): void {
    this.drop();
    this.#timer = setTimeout(() => {
      this.#flight = new AbortController();
      void ask(this.#flight.signal);
    }, pauseMs);
  }

  /** What was asked no longer counts. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#flight?.abort();
  }
}
