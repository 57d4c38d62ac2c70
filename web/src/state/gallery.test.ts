import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry } from "../api/types";
import { Gallery } from "./gallery.svelte";
import { MemoryArea } from "./memory";
import { Storage } from "./storage";

/** A server with so many pictures, the newest of the highest number. */
let total = 1000;
let asked: string[] = [];

function entry(number: number): Entry {
  return { id: `p${number}`, width: 512, height: 512, rating: 0, flag: "" } as Entry;
}

beforeEach(() => {
  total = 1000;
  asked = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const url = new URL(path, "http://here");
    if (url.searchParams.get("query") === "bad:") return Response.json({ detail: "no such field", position: 0 }, { status: 422 });
    if (url.pathname === "/api/library/count") return Response.json({ count: total });
    const [skip, limit] = [Number(url.searchParams.get("skip")), Number(url.searchParams.get("limit"))];
    const pictures = Array.from({ length: Math.max(0, Math.min(limit, total - skip)) }, (_, index) => entry(total - skip - index));
    return Response.json({ pictures, next: "" });
  });
});

afterEach(() => vi.unstubAllGlobals());

function opened(area = new MemoryArea()): Gallery {
  return new Gallery(new Storage(area, "", vi.fn()), (error) => {
    throw error;
  });
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("Gallery", () => {
  it("knows how long the list is, and reads only what is in sight", async () => {
    const gallery = opened();
    await gallery.load();
    gallery.want(450, 480);
    await settled();
    expect(gallery.count).toBe(1000);
    expect(gallery.entry(450)?.id).toBe("p550");
    expect(gallery.entry(10)).toBeUndefined();
    expect(asked.filter((path) => path.startsWith("/api/pictures"))).toHaveLength(1);
  });

  it("does not move what is looked at when pictures come in before it", async () => {
    const gallery = opened();
    await gallery.load();
    gallery.want(450, 480);
    await settled();
    total = 1004;
    await gallery.refresh(false);
    gallery.want(350, 480);
    await settled();
    expect([gallery.news, gallery.count]).toEqual([4, 1000]);
    expect([gallery.entry(450)?.id, gallery.entry(399)?.id]).toEqual(["p550", "p601"]);
    await gallery.load();
    expect([gallery.news, gallery.count, gallery.entry(450)?.id]).toEqual([0, 1004, "p554"]);
  });

  it("shows newcomers at once to who is at the top", async () => {
    const gallery = opened();
    gallery.want(0, 50);
    await settled();
    total = 1001;
    await gallery.refresh(true);
    expect([gallery.news, gallery.entry(0)?.id]).toEqual([0, "p1001"]);
  });

  it("selects across pages that are not known yet", async () => {
    const gallery = opened();
    await gallery.load();
    await gallery.selectRange(900, 100);
    expect(gallery.selected.size).toBe(801);
    expect(gallery.selected.has("p500")).toBe(true);
    gallery.toggle("p500");
    expect(gallery.targets).toHaveLength(800);
  });

  it("shows marks before they are confirmed", async () => {
    const gallery = opened();
    gallery.want(0, 50);
    await settled();
    gallery.foresee(["p999"], { rating: 4 });
    expect([gallery.entry(0)?.rating, gallery.entry(1)?.rating]).toEqual([0, 4]);
  });

  it("keeps a query that cannot be read, with the reason, and what was found before", async () => {
    const gallery = opened();
    await gallery.load();
    await gallery.search({ query: "bad:" });
    expect(gallery.refusal?.message).toBe("no such field");
    expect(gallery.count).toBe(1000);
    await gallery.search({ query: "good" });
    expect(gallery.refusal).toBeUndefined();
  });

  it("comes back where it was left", () => {
    const area = new MemoryArea();
    area.setItem("library", JSON.stringify({ query: "cat", order: "oldest", tile: 120, from: 777 }));
    const gallery = opened(area);
    expect([gallery.looking.value.query, gallery.at]).toEqual(["cat", 777]);
  });
});
