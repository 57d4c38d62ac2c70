import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Inspection } from "./inspection.svelte";
import { MemoryArea } from "./memory";
import { Storage } from "./storage";

/** What the server answers for a file of a size; what is asked for waits until it is let go. */
let answers: Map<number, () => Promise<Response>>;

beforeEach(() => {
  answers = new Map();
  vi.stubGlobal("fetch", async (path: string, { body }: { body: Blob }) =>
    path === "/api/bitmaps" ? Response.json({}) : (answers.get(body.size)?.() ?? told(body.size)),
  );
});

afterEach(() => vi.unstubAllGlobals());

function told(size: number): Response {
  return Response.json({ id: `picture-of-${size}`, width: 8, height: 8 });
}

function file(bytes: number, name = "apple.png", type = "image/png"): File {
  return new File([new Uint8Array(bytes)], name, { type });
}

function begun(area = new MemoryArea()): Inspection {
  return new Inspection(new Storage(area, "", vi.fn()));
}

describe("a file that is looked into", () => {
  it("tells of its making, and still does after a reload", async () => {
    const area = new MemoryArea();
    const found = await begun(area).open(file(3));
    expect(found?.id).toBe("picture-of-3");
    const later = begun(area);
    expect([later.name, later.told?.id]).toEqual(["apple.png", "picture-of-3"]);
  });

  it.each([
    ["is no picture", file(3, "notes.txt", "text/plain")],
    ["is empty", file(0)],
  ])("is not sent where it %s", async (_, given) => {
    const inspection = begun();
    expect(await inspection.open(given)).toBeUndefined();
    expect(inspection.failure).not.toBe("");
    expect(inspection.isReading).toBe(false);
  });

  it("says why the server refused it, and keeps what was told before", async () => {
    const inspection = begun();
    await inspection.open(file(3));
    answers.set(5, async () => Response.json({ detail: "image: it is cut off" }, { status: 422 }));
    expect(await inspection.open(file(5, "torn.png"))).toBeUndefined();
    expect(inspection.failure).toContain("it is cut off");
    expect(inspection.failure).not.toContain("image:");
    expect(inspection.told?.id).toBe("picture-of-3");
  });

  it("gives way to one that was opened after it, whichever is answered first", async () => {
    const inspection = begun();
    let answer: (response: Response) => void = () => undefined;
    answers.set(3, () => new Promise((resolve) => (answer = resolve)));
    const first = inspection.open(file(3, "slow.png"));
    await inspection.open(file(5, "quick.png"));
    answer(told(3));
    expect(await first).toBeUndefined();
    expect([inspection.name, inspection.told?.id]).toEqual(["quick.png", "picture-of-5"]);
    expect(inspection.isReading).toBe(false);
  });
});
