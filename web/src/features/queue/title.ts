/** What a job is called in lists. */

import type { Job } from "../../api/types";
import { words } from "../../words/en";

/** What it paints, or else what it does. */
export function titleOf(job: Job): string {
  const prompt = job.request["prompt"];
  const kind = words.queue.kinds[job.kind] ?? job.kind;
  return typeof prompt === "string" && prompt.trim() ? prompt.trim() : kind;
}

/** Its settings in a few words. */
export function detailsOf(job: Job): string {
  const { request } = job;
  const size = request["width"] && request["height"] ? `${String(request["width"])} × ${String(request["height"])}` : "";
  const steps = request["steps"] ? `${String(request["steps"])} steps` : "";
  return [words.queue.kinds[job.kind] ?? job.kind, request["sampler"], steps, size].filter((part) => typeof part === "string" && part !== "").join(" · ");
}
