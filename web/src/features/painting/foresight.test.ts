import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Choice, Request } from "../../api/types";
import { Foresight, isKnown, timedPart } from "./foresight.svelte";

const REQUEST = { kind: "txt2img", prompt: "an apple", negative_prompt: "", styles: ["oil"], seed: 7, steps: 20, variation: null } as Request;

describe("what is asked for a forecast", () => {
  it("is the same for other words and seeds, and another for other steps", () => {
    expect(timedPart({ ...REQUEST, prompt: "a pear", seed: 2n ** 60n } as Request)).toEqual(timedPart(REQUEST));
    expect(timedPart({ ...REQUEST, steps: 21 } as Request)).not.toEqual(timedPart(REQUEST));
  });

  it("names only what there is to choose from", () => {
    const menus: Record<string, Choice[]> = {
      samplers: [{ name: "Euler", summary: "", aliases: ["k_euler"] }], checkpoints: [{ name: "mini", summary: "" }], hires_upscalers: [{ name: "Latent", summary: "" }],
    };
    const known = (request: object): boolean => isKnown({ ...request }, (menu) => menus[menu] ?? []);
    expect(known({ sampler: "Euler", checkpoint: "" })).toBe(true);
    expect(known({ sampler: "k_euler", checkpoint: "mini" })).toBe(true);
    expect(known({ sampler: "Eu" })).toBe(false);
    expect(known({ checkpoint: "gone" })).toBe(false);
    expect(known({ hires: { upscaler: "Latent", scale: 2 }, width: 512, height: 0 })).toBe(true);
    expect(known({ hires: { upscaler: "gone" } })).toBe(false);
    expect(known({ hires: { scale: 8 }, width: 4096, height: 512 })).toBe(false);
  });
});

describe("Foresight", () => {
  const told = { seconds: 12, loading_seconds: null, peak_bytes: null, is_seen: true };
  const answer = vi.fn<(steps: number) => Response>();

  beforeEach(() => {
    vi.useFakeTimers();
    answer.mockReset().mockImplementation(() => Response.json(told));
    vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => answer((JSON.parse(String(init.body)) as { request: { steps: number } }).request.steps));
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("asks once the settings rest, and only for the latest", async () => {
    const foresight = new Foresight();
    for (const steps of [1, 2, 3]) foresight.ask({ steps });
    await vi.runAllTimersAsync();
    expect(answer.mock.calls).toEqual([[3]]);
    expect(foresight.told).toEqual(told);
  });

  it("drops an answer that comes too late", async () => {
    const foresight = new Foresight();
    answer.mockImplementationOnce(() => {
      foresight.ask(undefined); // the settings changed meanwhile
      return Response.json(told);
    });
    foresight.ask({ steps: 1 });
    await vi.runAllTimersAsync();
    expect(foresight.told).toBeUndefined();
  });

  it("tells nothing of what is refused", async () => {
    const foresight = new Foresight();
    foresight.ask({ steps: 1 });
    await vi.runAllTimersAsync();
    answer.mockImplementation(() => Response.json({ detail: "no" }, { status: 422 }));
    foresight.ask({ steps: 0 });
    await vi.runAllTimersAsync();
    expect(foresight.told).toBeUndefined();
  });
});
