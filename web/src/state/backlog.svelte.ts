/** The queue's lists, page by page: what waits, in its turn, and what has ended, the latest first. */

import { getQueue, listJobs, listWaiting } from "../api/jobs";
import type { Job, Queue } from "../api/types";

const PAGE = 50;
const ENDED = ["done", "failed", "cancelled"];

type Ask = (limit: number, cursor: string) => Promise<{ jobs: Job[]; next: string }>;

/** A list that is longer than what is known of it. */
class Pages {
  jobs = $state.raw<readonly Job[]>([]);
  hasMore = $state(false);
  readonly #ask: Ask;
  #length = PAGE;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Read as much as was known, anew. */
  async load(): Promise<void> {
    const jobs: Job[] = [];
    let cursor = "";
    do {
      const page = await this.#ask(Math.min(500, this.#length - jobs.length), cursor);
      jobs.push(...page.jobs);
      cursor = page.next;
    } while (cursor && jobs.length < this.#length);
    this.jobs = jobs;
    this.hasMore = cursor !== "";
  }

  async more(): Promise<void> {
    this.#length += PAGE;
    await this.load();
  }
}

export class Backlog {
  readonly waiting = new Pages((limit, cursor) => listWaiting(limit, cursor));
  readonly ended = new Pages((limit, cursor) => listJobs(limit, cursor, ENDED));
  running = $state.raw<readonly Job[]>([]);
  queue = $state.raw<Queue | undefined>();

  async load(): Promise<void> {
    const running = listJobs(PAGE, "", ["running"]);
    [this.queue] = await Promise.all([getQueue(), this.waiting.load(), this.ended.load()]);
    this.running = (await running).jobs;
  }

  /** Show a job in another place of the turn, before the server has confirmed it. */
  foresee(from: number, to: number): void {
    const jobs = [...this.waiting.jobs];
    jobs.splice(to, 0, ...jobs.splice(from, 1));
    this.waiting.jobs = jobs;
  }
}
