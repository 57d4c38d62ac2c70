import { describe, expect, it } from "vitest";
import { ImagingBridge, type Port } from "./bridge";
import type { Question, Reply, Task } from "./protocol";

class FakePort implements Port {
  readonly sent: Question[] = [];
  isTerminated = false;
  private onMessage: (event: MessageEvent<Reply>) => void = () => undefined;
  private onError: (event: ErrorEvent) => void = () => undefined;

  postMessage(question: Question): void {
    this.sent.push(question);
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === "message") this.onMessage = listener as typeof this.onMessage;
    else this.onError = listener as typeof this.onError;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  answer(size = { width: 1, height: 1 }): void {
    this.onMessage({ data: { id: this.sent.at(-1)?.id ?? 0, answer: size } } as MessageEvent<Reply>);
  }

  refuse(error: string): void {
    this.onMessage({ data: { id: this.sent.at(-1)?.id ?? 0, error } } as MessageEvent<Reply>);
  }

  crash(message: string): void {
    this.onError({ message } as ErrorEvent);
  }
}

const preview = (width: number): Task => ({ kind: "preview", adjustments: [], frame: { width, height: 1 } });
const count: Task = { kind: "count", lists: [[]] };
const open: Task = { kind: "open", file: new Blob() };
const start = () => {
  const port = new FakePort();
  return { port, bridge: new ImagingBridge(port) };
};

describe("questions to the worker", () => {
  it("go there one at a time, in order", async () => {
    const { port, bridge } = start();
    const first = bridge.ask(preview(1));
    const second = bridge.ask(count);
    expect(port.sent.map(({ task }) => task)).toEqual([preview(1)]);
    port.answer({ width: 5, height: 5 });
    expect(await first).toEqual({ width: 5, height: 5 });
    expect(port.sent.map(({ task }) => task)).toEqual([preview(1), count]);
    port.answer();
    await second;
  });

  it("give way to newer ones of their kind while they wait", async () => {
    const { port, bridge } = start();
    const running = bridge.ask(preview(1));
    const outdated = bridge.ask(preview(2));
    const newest = bridge.ask(preview(3));
    await expect(outdated).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    port.answer();
    port.answer();
    await Promise.all([running, newest]);
    expect(port.sent.map(({ task }) => task)).toEqual([preview(1), preview(3)]);
  });

  it("never take the place of a picture that is to be opened", async () => {
    const { port, bridge } = start();
    const running = bridge.ask(preview(1));
    const opened = bridge.ask(open);
    const after = bridge.ask(preview(2));
    for (const each of [running, opened, after]) {
      port.answer();
      await each;
    }
    expect(port.sent.map(({ task }) => task.kind)).toEqual(["preview", "open", "preview"]);
  });

  it("are dropped when another picture is opened", async () => {
    const { port, bridge } = start();
    const running = bridge.ask(preview(1));
    const waiting = bridge.ask(count);
    const opened = bridge.ask(open);
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    port.answer();
    port.answer();
    await Promise.all([running, opened]);
  });

  it("can be called off while they wait and while they run", async () => {
    const { port, bridge } = start();
    const stop = new AbortController();
    const running = bridge.ask(preview(1), stop.signal);
    const waiting = bridge.ask(count, stop.signal);
    stop.abort();
    await expect(running).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    const next = bridge.ask(preview(2));
    expect(port.sent).toHaveLength(1);
    port.answer(); // what was called off comes back late, and makes room
    port.answer({ width: 2, height: 2 });
    expect(await next).toEqual({ width: 2, height: 2 });
  });

  it("say what the worker refused, and go on", async () => {
    const { port, bridge } = start();
    const refused = bridge.ask(preview(1));
    port.refuse("width: too wide");
    await expect(refused).rejects.toThrow("width: too wide");
    const next = bridge.ask(count);
    port.answer();
    await next;
  });

  it("fail where the worker does", async () => {
    const { port, bridge } = start();
    const lost = bridge.ask(preview(1));
    port.crash("out of memory");
    await expect(lost).rejects.toThrow("out of memory");
  });

  it("end with the worker", async () => {
    const { port, bridge } = start();
    const running = bridge.ask(preview(1));
    bridge.close();
    await expect(running).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(port.isTerminated).toBe(true);
  });
});
