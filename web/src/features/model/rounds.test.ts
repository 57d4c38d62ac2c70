import { describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import { letterOf, roundsOf, shuffled } from "./rounds";

function job(id: string, request: object): Job {
  return { id, request } as unknown as Job;
}

const NEWEST_FIRST = [
  job("d", { prompt: "apple", seed: 18446744073709551615n, checkpoint: "b" }),
  job("a", { prompt: "apple", seed: 18446744073709551615n, checkpoint: "a" }),
  job("c", { prompt: "apple", seed: 1, checkpoint: "a" }),
];

describe("rounds of a comparison", () => {
  it("hold the jobs that differ in the checkpoint only, in the order they were asked for", () => {
    const [latest, earlier] = roundsOf(NEWEST_FIRST);
    expect(latest?.jobs.map((each) => each.id)).toEqual(["a", "d"]);
    expect(latest?.seed).toBe("18446744073709551615");
    expect(earlier?.jobs.map((each) => each.id)).toEqual(["c"]);
  });

  it("are none where nothing was painted", () => {
    expect(roundsOf([])).toEqual([]);
  });
});

describe("blind comparison", () => {
  it("shows the jobs in an order of their own, however they come", () => {
    const [one, two] = [shuffled(NEWEST_FIRST), shuffled(NEWEST_FIRST.toReversed())];
    expect(one.map((each) => each.id)).toEqual(["a", "c", "d"]);
    expect(two).toEqual(one);
  });

  it("calls them by letters", () => {
    expect([0, 1, 25, 26].map(letterOf)).toEqual(["A", "B", "Z", "A"]);
  });
});
