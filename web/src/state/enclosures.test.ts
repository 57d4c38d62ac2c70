import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Enclosures, Lost } from "./enclosures";

/** What was uploaded, by its text. */
let uploads: string[] = [];

beforeEach(() => {
  uploads = [];
  vi.stubGlobal("fetch", async (_path: string, { body }: { body: Blob }) => {
    uploads.push(await body.text());
    return Response.json({ id: `id of ${uploads.at(-1)}` });
  });
});

afterEach(() => vi.unstubAllGlobals());

/** What a page has of its enclosures, over a shelf that outlives it. */
function open(kept: Map<string, unknown>, hasRoom = true): Enclosures {
  const shelf = {
    read: async (key: string) => kept.get(key),
    write: async (key: string, value: unknown) => void (hasRoom && kept.set(key, value)),
    forget: async (key: string) => void kept.delete(key),
  };
  return new Enclosures(shelf, "1/outbox/");
}

describe("Enclosures", () => {
  it("reach the server from a later page", async () => {
    const kept = new Map<string, unknown>();
    const key = await open(kept).keep(new Blob(["a mask"]));
    await expect(open(kept).deliver(key)).resolves.toBe("id of a mask");
  });

  it("reach it once, however many requests begin with them", async () => {
    const enclosures = open(new Map());
    const key = await enclosures.keep(new Blob(["a sketch"]));
    expect([await enclosures.deliver(key), await enclosures.deliver(key)]).toEqual(["id of a sketch", "id of a sketch"]);
    expect(uploads).toEqual(["a sketch"]);
  });

  it("need room only to outlive the page", async () => {
    const kept = new Map<string, unknown>();
    const enclosures = open(kept, false);
    const key = await enclosures.keep(new Blob(["a mask"]));
    await expect(enclosures.deliver(key)).resolves.toBe("id of a mask");
    await expect(open(kept, false).deliver(key)).rejects.toThrow(Lost);
  });

  it("take no room once they are not needed", async () => {
    const kept = new Map<string, unknown>();
    const enclosures = open(kept);
    await enclosures.forget(await enclosures.keep(new Blob(["a mask"])));
    expect(kept.size).toBe(0);
  });
});
