/** The jobs of the queue, as far as the page knows them: a live mirror, newest first. */

import { getJob, listJobs } from "../api/jobs";
import { listen, type Kind } from "../api/events";
import { Unreachable } from "../api/client";
import type { Job, Progress } from "../api/types";
import type { Connection } from "./connection.svelte";

const REMEMBERED = 200;

export function isOver(job: Job): boolean {
  return job.status === "done" || job.status === "failed" || job.status === "cancelled";
}

export class Jobs {
  /** The latest jobs, the newest first. */
  list = $state.raw<readonly Job[]>([]);
  /** Counts up with every event that may concern lists of jobs or pictures. */
  revision = $state(0);
  readonly #connection: Connection;
  readonly #ondone = new Set<(job: Job) => void>();
  #byId = $derived(new Map(this.list.map((job) => [job.id, job])));

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get(id: string): Job | undefined {
    return this.#byId.get(id);
  }

  /** The jobs whose key begins so, the newest first: see `Studio.submit`. */
  keyed(prefix: string): Job[] {
    return this.list.filter((job) => job.key?.startsWith(prefix));
  }

  /** The number of jobs that wait or run. */
  get unfinished(): number {
    return this.list.filter((job) => !isOver(job)).length;
  }

  /** When the latest job ended; 0 before the first. */
  get lastEnd(): number {
    return this.list.reduce((latest, { finished }) => Math.max(latest, finished ?? 0), 0);
  }

  /** Be told of every job that ends; call what is returned to stop. */
  ondone(tell: (job: Job) => void): () => void {
    this.#ondone.add(tell);
    return () => this.#ondone.delete(tell);
  }

  /** Put a job's newest state in its place. */
  put(job: Job): void {
    const before = this.get(job.id);
    if (before && isOver(before) && !isOver(job) && before.number === job.number && job.status !== "queued") return;
    this.list = before
      ? this.list.map((each) => (each.id === job.id ? job : each))
      : [job, ...this.list].sort((a, b) => b.number - a.number).slice(0, REMEMBERED);
    if (isOver(job) && !(before && isOver(before))) for (const tell of this.#ondone) tell(job);
  }

  /** Read the latest jobs anew. */
  async load(): Promise<void> {
    const page = await listJobs(REMEMBERED / 2);
    for (const job of [...page.jobs].reverse()) this.put(job);
    this.revision += 1;
  }

  /** Listen to what happens; call what is returned to stop. */
  follow(): () => void {
    const fail = (error: unknown): void => {
      if (!(error instanceof Unreachable)) throw error; // the line is lost, which is told already
    };
    return listen({
      onopen: () => {
        this.#connection.state = "here";
        this.load().catch(fail);
      },
      onlost: () => {
        this.#connection.state = "lost";
      },
      onreset: () => {
        this.load().catch(fail);
      },
      onevent: (kind, id) => {
        this.#happened(kind, id).catch(fail);
      },
      onprogress: (id, progress) => this.#progressed(id, progress),
    });
  }

  async #happened(_kind: Kind, id: string): Promise<void> {
    this.revision += 1;
    if (id) this.put(await getJob(id));
  }

  #progressed(id: string, progress: Progress): void {
    const job = this.get(id);
    if (job) this.put({ ...job, progress });
  }
}
