import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Job } from "../api/types";
import { Backlog } from "./backlog.svelte";

/** A server on which so many jobs wait, and so many have ended. */
let waiting = 0;
let ended = 0;
let asked: URL[] = [];

beforeEach(() => {
  waiting = 3;
  ended = 0;
  asked = [];
  vi.stubGlobal("fetch", async (path: string) => {
    const url = new URL(path, "http://here");
    asked.push(url);
    if (url.pathname === "/api/queue") return Response.json({ is_paused: false });
    const status = url.searchParams.getAll("status");
    if (status.includes("running")) return Response.json({ jobs: [job("now")], next: "" });
    return Response.json(page(url, status.includes("done") ? ended : waiting));
  });
});

afterEach(() => vi.unstubAllGlobals());

function job(id: string): Job {
  return { id } as Job;
}

/** A page of a list; its cursor is the number of jobs before the next one. */
function page(url: URL, total: number): { jobs: Job[]; next: string } {
  const first = Number(url.searchParams.get("cursor") ?? 0);
  const end = Math.min(total, first + Number(url.searchParams.get("limit")));
  const jobs = Array.from({ length: end - first }, (_, index) => job(`j${first + index}`));
  return { jobs, next: end < total ? String(end) : "" };
}

function idsOf(jobs: readonly Job[]): string[] {
  return jobs.map((each) => each.id);
}

describe("the queue's lists", () => {
  it("are read together", async () => {
    const backlog = new Backlog();
    await backlog.load();
    expect(idsOf(backlog.running)).toEqual(["now"]);
    expect(idsOf(backlog.waiting.jobs)).toEqual(["j0", "j1", "j2"]);
    expect(backlog.queue).toMatchObject({ is_paused: false });
    expect(backlog.waiting.hasMore).toBe(false);
  });

  it("grow by a page on request, and stay as long when they are read anew", async () => {
    ended = 120;
    const { ended: list } = new Backlog();
    await list.load();
    expect([list.jobs.length, list.hasMore]).toEqual([50, true]);
    await list.more();
    await list.load();
    expect([list.jobs.length, list.hasMore]).toEqual([100, true]);
    await list.more();
    expect([list.jobs.length, list.hasMore]).toEqual([120, false]);
    expect(new Set(idsOf(list.jobs)).size).toBe(120);
  });

  it("show a job in its new turn before the server has confirmed it", async () => {
    const backlog = new Backlog();
    await backlog.load();
    backlog.foresee(2, 0);
    expect(idsOf(backlog.waiting.jobs)).toEqual(["j2", "j0", "j1"]);
    backlog.foresee(0, 1);
    expect(idsOf(backlog.waiting.jobs)).toEqual(["j0", "j2", "j1"]);
    await backlog.load();
    expect(idsOf(backlog.waiting.jobs)).toEqual(["j0", "j1", "j2"]);
  });
});
