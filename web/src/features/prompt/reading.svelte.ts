/** The server's live reading of a prompt: asked for once writing pauses, the newest wins. */

import { Unreachable } from "../../api/client";
import { LONGEST_READ, readPrompt, type Asked } from "../../api/prompts";
import type { Reading } from "../../api/types";
import { Question } from "../../state/question";
import { toRefusal, type Refusal } from "../painting/refusal";

const PAUSE_MS = 180;

export class LiveReading {
  reading = $state.raw<Reading | undefined>();
  /** Why it cannot be read. */
  refusal = $state.raw<Refusal | undefined>();
  /** What the reading is of. */
  asked = $state.raw<Asked | undefined>();
  isTooLong = $state(false);
  readonly #question = new Question(PAUSE_MS);

  /** Ask for the reading of a prompt, soon; whatever was asked before no longer counts. */
  ask(asked: Asked): void {
    this.stop();
    this.isTooLong = [...asked.prompt].length > LONGEST_READ;
    if (this.isTooLong) this.#show(asked, undefined, undefined);
    else this.#question.ask((signal) => this.#read(asked, signal));
  }

  stop(): void {
    this.#question.drop();
  }

  async #read(asked: Asked, signal: AbortSignal): Promise<void> {
    try {
      const reading = await readPrompt(asked, signal);
      if (!signal.aborted) this.#show(asked, reading, undefined);
    } catch (error) {
      if (signal.aborted) return;
      const refusal = toRefusal(error);
      if (refusal) this.#show(asked, undefined, refusal);
      else if (error instanceof Unreachable) this.#question.ask((again) => this.#read(asked, again), 10 * PAUSE_MS);
      else throw error;
    }
  }

  #show(asked: Asked, reading: Reading | undefined, refusal: Refusal | undefined): void {
    this.asked = asked;
    this.reading = reading;
    this.refusal = refusal;
  }
}
