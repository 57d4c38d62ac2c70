/** The page's side of the worker: one question at a time, and of those that wait the newest of a kind. */

import type { Answer, Question, Reply, Task } from "./protocol";

/** What is needed of a Worker. */
export interface Port {
  postMessage(question: Question): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Reply>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  terminate(): void;
}

interface Waiting {
  readonly id: number;
  readonly task: Task;
  resolve(answer: Answer<Task>): void;
  reject(reason: unknown): void;
}

export class ImagingBridge {
  private waiting: readonly Waiting[] = [];
  private running: Waiting | undefined;
  private asked = 0;

  constructor(private readonly port: Port) {
    port.addEventListener("message", (event) => this.settle(event.data));
    port.addEventListener("error", (event) => this.fail(event.message));
  }

  /**
   * The worker's answer. A newer question of the same kind replaces one that still waits, and a
   * picture being opened all that wait; those, and what the signal calls off, end as AbortError.
   */
  ask<T extends Task>(task: T, signal?: AbortSignal): Promise<Answer<T>> {
    signal?.throwIfAborted();
    const isOutdated = ({ task: { kind } }: Waiting) => task.kind === "open" || kind === task.kind;
    this.drop(isOutdated);
    return new Promise<Answer<Task>>((resolve, reject) => {
      const id = this.asked++;
      this.waiting = [...this.waiting, { id, task, resolve, reject }];
      signal?.addEventListener("abort", () => this.callOff(id), { once: true });
      this.next();
    }) as Promise<Answer<T>>;
  }

  close(): void {
    this.port.terminate();
    this.drop(() => true);
    this.running?.reject(calledOff());
    this.running = undefined;
  }

  private next(): void {
    const [first, ...rest] = this.waiting;
    if (this.running || !first) return;
    this.running = first;
    this.waiting = rest;
    this.port.postMessage({ id: first.id, task: first.task });
  }

  private settle(reply: Reply): void {
    const done = this.running;
    if (done?.id !== reply.id) return;
    this.running = undefined;
    if ("error" in reply) done.reject(new Error(reply.error));
    else done.resolve(reply.answer);
    this.next();
  }

  private fail(message: string): void {
    this.running?.reject(new Error(message));
    this.running = undefined;
    this.next();
  }

  /** One that runs cannot be stopped: its answer goes nowhere. */
  private callOff(id: number): void {
    this.drop((each) => each.id === id);
    if (this.running?.id === id) this.running.reject(calledOff());
  }

  private drop(isDropped: (each: Waiting) => boolean): void {
    const dropped = this.waiting.filter(isDropped);
    this.waiting = this.waiting.filter((each) => !isDropped(each));
    for (const each of dropped) each.reject(calledOff());
  }
}

export function startImaging(): ImagingBridge {
  return new ImagingBridge(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
}

function calledOff(): DOMException {
  return new DOMException("A newer question took its place.", "AbortError");
}
