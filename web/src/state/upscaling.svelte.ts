/** The upscale that this tab sent off: jobs that the server does one after another, followed to the last of them over reloads of the page. */

import { ApiError } from "../api/client";
import { getJob } from "../api/jobs";
import type { Failure, Job, Run } from "../api/types";
import { cancelRun, getRun } from "../api/workflows";
import type { Jobs } from "./jobs.svelte";
import { patiently } from "./patience";
import type { Storage } from "./storage";
import type { InHand, Work } from "./work.svelte";

/** What is followed. */
interface Errand {
  /** The idempotency key that it was sent under. */
  key: string;
  /** What its first job begins with. */
  begun: InHand;
  /** The picture that the next result takes the place of. */
  at: string;
  /** What the server calls it, once it has answered. */
  run?: string;
}

/** What the rest of the page does for it. */
interface Listener {
  /** The last result is in hand. */
  ondone: () => void;
  oncomplaint: (error: unknown) => void;
}

const KEY = "upscaling";

/** So often to look at a run in which no job ends: its next one begins without the page. */
const LOOK_MS = 1000;

export class Upscaling {
  /** How far it is, by what the server last said. */
  run = $state.raw<Run | undefined>();
  /** Why the last one could not be done. */
  wrong = $state.raw<ApiError | Failure | undefined>();
  /** What the last result was made from in the end. */
  origin = $state.raw<{ readonly result: string; readonly begun: InHand } | undefined>();
  #errand = $state.raw<Errand | undefined>();
  readonly #storage: Storage;
  readonly #jobs: Jobs;
  readonly #work: Work;
  readonly #listener: Listener;

  constructor(storage: Storage, jobs: Jobs, work: Work, listener: Listener) {
    this.#storage = storage;
    this.#jobs = jobs;
    this.#work = work;
    this.#listener = listener;
    const kept = storage.read(KEY);
    if (isErrand(kept)) this.#errand = kept;
  }

  get isBusy(): boolean {
    return this.#errand !== undefined;
  }

  /** How many jobs there are; 0 before the server has answered. */
  get count(): number {
    return this.run?.stages.length ?? 0;
  }

  /** Which of them is under way, from 1. */
  get place(): number {
    return 1 + (this.run?.stages ?? []).filter(({ status }) => status === "done").length;
  }

  get job(): Job | undefined {
    const id = this.run?.stages[this.place - 1]?.job;
    return id ? this.#jobs.get(id) : undefined;
  }

  /** One is on its way to the server, under a key. */
  begin(key: string, begun: InHand): void {
    this.wrong = undefined;
    this.run = undefined;
    this.#keep({ key, begun, at: begun.id });
  }

  /** The server has it; one that was given up meanwhile is stopped. */
  async arrived(key: string, run: Run): Promise<void> {
    if (this.#errand?.key !== key) {
      await cancelRun(run.id);
      return;
    }
    if (this.#errand.run) return; // sent twice: it is followed already
    this.#keep({ ...this.#errand, run: run.id });
    await this.#see(run);
    void this.follow();
  }

  /** The server does not take it. */
  refused(key: string, error: ApiError): void {
    if (this.#errand?.key !== key) return;
    this.#keep(undefined);
    this.wrong = error;
  }

  /** Take its results in hand until it has ended. */
  async follow(): Promise<void> {
    const followed = this.#errand?.key;
    while (this.#errand?.run && this.#errand.key === followed) {
      const { run } = this.#errand;
      try {
        await this.#see(await patiently(() => getRun(run)));
      } catch (error) {
        this.#keep(undefined);
        this.#listener.oncomplaint(error);
      }
      if (this.isBusy) await this.#somethingHappens();
    }
  }

  async stop(): Promise<void> {
    const run = this.#errand?.run;
    if (run) await cancelRun(run).then((told) => this.#see(told)).catch(this.#listener.oncomplaint);
    else this.#keep(undefined); // cancelled when it arrives
  }

  async #see(run: Run): Promise<void> {
    if (run.id !== this.#errand?.run) return; // given up meanwhile
    this.run = run;
    this.#takeResult(run, this.#errand);
    if (run.status === "running") return;
    if (run.status === "failed") this.wrong = await failureOf(run);
    if (run.status === "done" && this.#work.picture?.id === this.#errand.at) this.#listener.ondone();
    this.#keep(undefined);
  }

  /** Take the newest result in hand, unless something else was taken meanwhile. */
  #takeResult(run: Run, errand: Errand): void {
    const made = run.stages.flatMap(({ pictures, picked }) => pictures.find(({ id }) => id === picked) ?? []);
    const next = made.slice(made.findLastIndex(({ id }) => id === errand.at) + 1).at(-1);
    if (!next) return;
    const { id, width, height } = next;
    this.#keep({ ...errand, at: id });
    this.origin = { result: id, begun: errand.begun };
    if (this.#work.picture?.id === errand.at) this.#work.take({ id, width, height, from: "library" });
  }

  #somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, LOOK_MS);
      const stop = this.#jobs.ondone(done);
    });
  }

  #keep(errand: Errand | undefined): void {
    this.#errand = errand;
    this.#storage.write(KEY, errand ?? null);
  }
}

/** Why a run failed: what the job says that did, or why a stage could not become one. */
async function failureOf(run: Run): Promise<Failure> {
  const id = run.stages.find(({ status }) => status === "failed")?.job;
  const job = id ? await patiently(() => getJob(id)) : undefined;
  return job?.failure ?? { kind: "WorkflowError", message: run.failure, field: "" };
}

function isErrand(value: unknown): value is Errand {
  const told = value as Partial<Errand> | null | undefined;
  return typeof told?.key === "string" && typeof told.at === "string" && typeof told.begun?.id === "string";
}
