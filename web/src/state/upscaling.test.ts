import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import type { Job, Run, RunStage } from "../api/types";
import { Connection } from "./connection.svelte";
import { Jobs } from "./jobs.svelte";
import { MemoryArea } from "./memory";
import { Storage } from "./storage";
import { Upscaling } from "./upscaling.svelte";
import { Work, type InHand } from "./work.svelte";

const APPLE: InHand = { id: "apple", width: 64, height: 64, from: "library" };

/** What the server says of the run, and which it was told to cancel. */
let told: Run;
let cancelled: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  cancelled = [];
  vi.stubGlobal("fetch", async (path: string) => {
    if (path.endsWith("/cancel")) {
      cancelled.push(path);
      told = run("cancelled", stage("done"), stage("cancelled"));
    }
    return Response.json(path.startsWith("/api/jobs") ? { failure: { kind: "ModelError", message: `${path} failed`, field: "restorer" } } : told);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A stage; the picture that it made is told by its letter. */
function stage(status: string, made = ""): RunStage {
  const pictures = made ? [{ id: made, place: 0, width: 128, height: 128, seam: null, remarks: [] }] : [];
  return { name: "x", kind: "upscale", inputs: {}, pick: 1, status, job: `${status} job`, pictures, picked: made || null };
}

function run(status: Run["status"], ...stages: RunStage[]): Run {
  return { id: "r", status, submitted: 0, ended: null, failure: "", result: "x", stages };
}

function page(area: MemoryArea) {
  const [ondone, oncomplaint] = [vi.fn(), vi.fn()];
  const storage = new Storage(area, "", vi.fn());
  const [jobs, work] = [new Jobs(new Connection()), new Work(storage)];
  return { upscaling: new Upscaling(storage, jobs, work, { ondone, oncomplaint }), jobs, work, ondone, oncomplaint };
}

/** A page whose upscale of the apple the server has begun with. */
async function begun(area = new MemoryArea()): Promise<ReturnType<typeof page>> {
  const opened = page(area);
  opened.work.take(APPLE);
  opened.upscaling.begin("k", APPLE);
  told = run("running", stage("running"), stage("waiting"));
  await opened.upscaling.arrived("k", told);
  return opened;
}

describe("an upscale", () => {
  it("takes every result in hand, in its turn", async () => {
    const { upscaling, work, ondone } = await begun();
    expect([upscaling.place, upscaling.count]).toEqual([1, 2]);
    told = run("running", stage("done", "b"), stage("running"));
    await vi.advanceTimersByTimeAsync(1000);
    expect([work.picture?.id, upscaling.place]).toEqual(["b", 2]);
    told = run("done", stage("done", "b"), stage("done", "c"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(work.picture).toEqual({ id: "c", width: 128, height: 128, from: "library" });
    expect(upscaling.origin).toEqual({ result: "c", begun: APPLE });
    expect([upscaling.isBusy, ondone.mock.calls.length]).toEqual([false, 1]);
  });

  it("is looked at as soon as a job ends", async () => {
    const { jobs, work } = await begun();
    told = run("running", stage("done", "b"), stage("running"));
    await vi.advanceTimersByTimeAsync(1);
    jobs.put({ id: "done job", number: 1, status: "done" } as Job);
    await vi.advanceTimersByTimeAsync(1);
    expect(work.picture?.id).toBe("b");
  });

  it("is followed by the next page, whatever happened meanwhile", async () => {
    const area = new MemoryArea();
    await begun(area);
    const next = page(area);
    expect(next.upscaling.isBusy).toBe(true);
    told = run("done", stage("done", "b"), stage("done", "c"));
    void next.upscaling.follow();
    await vi.advanceTimersByTimeAsync(1);
    expect([next.work.picture?.id, next.upscaling.origin?.begun.id]).toEqual(["c", "apple"]);
    expect(page(area).upscaling.isBusy).toBe(false);
  });

  it("leaves alone what was taken in hand meanwhile", async () => {
    const { work, ondone } = await begun();
    work.take({ ...APPLE, id: "pear" });
    told = run("done", stage("done", "b"), stage("done", "c"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(work.picture?.id).toBe("pear");
    expect(ondone).not.toHaveBeenCalled();
  });

  it("that could not be done says why", async () => {
    const { upscaling } = await begun();
    told = { ...run("failed", stage("done", "b"), stage("waiting")), failure: "stages.x: the picture is gone" };
    await vi.advanceTimersByTimeAsync(1000);
    expect(upscaling.wrong).toMatchObject({ message: "stages.x: the picture is gone" });
    expect(upscaling.isBusy).toBe(false);
  });

  it("whose job failed says what that says", async () => {
    const { upscaling } = await begun();
    told = run("failed", stage("failed"), stage("waiting"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(upscaling.wrong).toMatchObject({ message: "/api/jobs/failed job failed", field: "restorer" });
  });

  it("that is refused says why, even to the next page", () => {
    const area = new MemoryArea();
    page(area).upscaling.begin("k", APPLE);
    const { upscaling } = page(area);
    const error = new ApiError(422, { detail: "no" });
    upscaling.refused("another one's", error);
    expect(upscaling.isBusy).toBe(true);
    upscaling.refused("k", error);
    expect([upscaling.isBusy, upscaling.wrong]).toEqual([false, error]);
  });

  it("is stopped with all its jobs", async () => {
    const { upscaling } = await begun();
    await upscaling.stop();
    expect(cancelled).toEqual(["/api/workflows/r/cancel"]);
    expect([upscaling.isBusy, upscaling.wrong]).toEqual([false, undefined]);
  });

  it("that was given up on its way is stopped when it arrives", async () => {
    const { upscaling } = page(new MemoryArea());
    upscaling.begin("k", APPLE);
    await upscaling.stop();
    expect([upscaling.isBusy, cancelled.length]).toEqual([false, 0]);
    await upscaling.arrived("k", run("running", stage("queued")));
    expect(cancelled).toEqual(["/api/workflows/r/cancel"]);
  });
});
