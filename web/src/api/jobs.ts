/** `/api/jobs`, `/api/queue` and `/api/forecast`. */

import { call, fetchBlob } from "./client";
import type { Forecast, Job, JobPage, Queue, Request } from "./types";

/** Put a request into the queue; sending it again under the same key is harmless. */
export function submitJob(request: Request, key: string, priority = 0): Promise<Job> {
  return call("/api/jobs", { method: "POST", json: { request, priority }, headers: { "Idempotency-Key": key } });
}

/** What a request will take on this machine. @param request The parts of it that the answer depends on. */
export function forecastRequest(request: object, signal: AbortSignal): Promise<Forecast> {
  return call("/api/forecast", { method: "POST", json: { request }, signal });
}

export function listJobs(limit: number, cursor = "", status: readonly string[] = []): Promise<JobPage> {
  return call("/api/jobs", { query: { limit, cursor: cursor || undefined, status } });
}

export function listWaiting(limit: number, cursor = ""): Promise<JobPage> {
  return call("/api/jobs/waiting", { query: { limit, cursor: cursor || undefined } });
}

export function getJob(id: string): Promise<Job> {
  return call(`/api/jobs/${id}`);
}

export function cancelJob(id: string): Promise<Job> {
  return call(`/api/jobs/${id}/cancel`, { method: "POST" });
}

export function retryJob(id: string): Promise<Job> {
  return call(`/api/jobs/${id}/retry`, { method: "POST" });
}

export function moveJob(id: string, to: { before: string } | { priority: number }): Promise<Job> {
  return call(`/api/jobs/${id}/move`, { method: "POST", json: to });
}

/** What a running job looks like; `undefined` before the first step. */
export function fetchPreview(id: string): Promise<Blob | undefined> {
  return fetchBlob(`/api/jobs/${id}/preview`);
}

export function getQueue(): Promise<Queue> {
  return call("/api/queue");
}

export function pauseQueue(now: boolean): Promise<Queue> {
  return call("/api/queue/pause", { method: "POST", json: { now } });
}

export function resumeQueue(): Promise<Queue> {
  return call("/api/queue/resume", { method: "POST" });
}
