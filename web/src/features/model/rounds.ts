/** Rounds of a comparison: the jobs that differ in nothing but the checkpoint. */

import { formatExact } from "../../api/exact";
import type { Job } from "../../api/types";

export interface Round {
  id: string;
  prompt: string;
  seed: string;
  jobs: Job[];
}

/** The rounds of some jobs, which come newest first; within a round the first asked for is first. */
export function roundsOf(jobs: readonly Job[]): Round[] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const shared = formatExact({ ...job.request, checkpoint: "" });
    groups.set(shared, [...(groups.get(shared) ?? []), job]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const { prompt, seed } = (first?.request ?? {}) as { prompt?: string; seed?: unknown };
    return { id: first?.id ?? "", prompt: prompt ?? "", seed: String(seed ?? ""), jobs: group.toReversed() };
  });
}

/** The jobs in an order that tells nothing of their checkpoints, always the same for the same jobs. */
export function shuffled(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1)); // ids are drawn at random
}

/** A, B, C, … */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + (index % 26));
}

/** A seed of 32 bits, drawn at random. */
export function drawSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
