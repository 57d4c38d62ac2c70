/** The jobs of an upscale under way: one after another, each beginning with the result of the one before. */

import { ApiError } from "../../api/client";
import { cancelJob } from "../../api/jobs";
import type { Job } from "../../api/types";
import { isOver } from "../../state/jobs.svelte";
import type { Studio } from "../../state/studio.svelte";
import type { InHand } from "../../state/work.svelte";
import { fromFailure, toRefusal, type Refusal } from "../painting/refusal";
import { withImage, type Link } from "./chain";

export class Upscaling {
  /** Which of how many jobs is under way, from 1. */
  place = $state(0);
  count = $state(0);
  refusal = $state.raw<Refusal | undefined>();
  /** What the last one began with. */
  origin = $state.raw<InHand | undefined>();
  readonly #studio: Studio;
  #isStopped = false;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** The job that waits or runs just now, even one of an earlier page. */
  get job(): Job | undefined {
    return this.#studio.jobs.keyed(this.#studio.keyOf("upscale")).find((job) => !isOver(job));
  }

  get isBusy(): boolean {
    return this.count > 0 || this.job !== undefined;
  }

  /** Do the jobs; every result is taken in hand as it comes. */
  async run(chain: readonly Link[], picture: InHand): Promise<void> {
    this.refusal = undefined;
    this.#isStopped = false;
    this.count = chain.length;
    let now: InHand | undefined = picture;
    try {
      for (const [index, link] of chain.entries()) {
        this.place = index + 1;
        now = now && !this.#isStopped ? await this.#step(link, now) : undefined;
        if (now && index === 0) this.origin = picture;
      }
    } finally {
      this.count = 0;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const { job } = this;
    if (job) await cancelJob(job.id).then((stopped) => this.#studio.jobs.put(stopped), (error: unknown) => this.#studio.complain(error));
  }

  async #step(link: Link, picture: InHand): Promise<InHand | undefined> {
    const job = await this.#studio.run("upscale", withImage(link, picture.id)).catch((error: unknown) => this.#refuse(error));
    if (job?.failure) this.refusal = fromFailure(job.failure);
    const made = job?.pictures[0];
    if (!job || !made) return undefined;
    const result: InHand = { id: made.id, width: made.width, height: made.height, from: "library" };
    if (this.#studio.work.picture?.id === picture.id) this.#studio.work.take(result);
    return result;
  }

  #refuse(error: unknown): undefined {
    if (!(error instanceof ApiError)) throw error;
    this.refusal = toRefusal(error);
  }
}
