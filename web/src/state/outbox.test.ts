import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, Unreachable } from "../api/client";
import { MemoryArea } from "./memory";
import { Outbox } from "./outbox.svelte";
import { Storage } from "./storage";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Post {
  outbox: Outbox<{ note: (content: string) => Promise<string> }>;
  refused: ReturnType<typeof vi.fn>;
  answered: ReturnType<typeof vi.fn>;
}

function post(area: MemoryArea, carry: (content: string) => Promise<string>): Post {
  const [refused, answered] = [vi.fn(), vi.fn()];
  return { outbox: new Outbox(new Storage(area, "", vi.fn()), { note: carry }, { onrefused: refused, onanswered: answered }), refused, answered };
}

describe("Outbox", () => {
  it("answers with what the server says", async () => {
    const { outbox } = post(new MemoryArea(), async (content) => `got ${content}`);
    await expect(outbox.send("note", "a")).resolves.toBe("got a");
    expect(outbox.parcels).toEqual([]);
  });

  it("keeps what cannot be sent, in order, until the server is back", async () => {
    let isAway = true;
    const carried: string[] = [];
    const { outbox } = post(new MemoryArea(), async (content) => {
      if (isAway) throw new Unreachable();
      carried.push(content);
      return content;
    });
    const first = outbox.send("note", "a");
    const second = outbox.send("note", "b");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(outbox.parcels.map((parcel) => parcel.content)).toEqual(["a", "b"]);
    isAway = false;
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(Promise.all([first, second])).resolves.toEqual(["a", "b"]);
    expect(carried).toEqual(["a", "b"]);
  });

  it("hands what an earlier page left behind to the server", async () => {
    const area = new MemoryArea();
    const before = post(area, () => Promise.reject(new Unreachable())).outbox;
    void before.send("note", "left behind");
    await vi.advanceTimersByTimeAsync(0);
    const carried = vi.fn(async (content: string) => content);
    const after = post(area, carried).outbox;
    await after.deliver();
    expect(carried).toHaveBeenCalledWith("left behind");
    expect(after.parcels).toEqual([]);
  });

  it("gives a refusal to who sent it, and goes on with the rest", async () => {
    const { outbox, refused, answered } = post(new MemoryArea(), async (content) => {
      if (content === "bad") throw new ApiError(422, { detail: "no" });
      return content;
    });
    const bad = outbox.send("note", "bad");
    const good = outbox.send("note", "good");
    await expect(bad).rejects.toThrow("no");
    await expect(good).resolves.toBe("good");
    expect(answered.mock.calls.map(([parcel]) => (parcel as { content: string }).content)).toEqual(["bad", "good"]);
    expect(refused).not.toHaveBeenCalled();
  });

  it("tells of a refusal that nobody waits for any more", async () => {
    const area = new MemoryArea();
    area.setItem("outbox", JSON.stringify([{ id: "1", kind: "note", content: "bad" }]));
    const { outbox, refused } = post(area, () => Promise.reject(new ApiError(422, { detail: "no" })));
    await outbox.deliver();
    expect(refused).toHaveBeenCalledOnce();
    expect(outbox.parcels).toEqual([]);
  });
});
