/** `/api/workflows`. */

import { call } from "./client";
import type { Request, Run } from "./types";

/** Stages, each a request without its picture: that is what the name under `image` stands for. */
export interface Workflow {
  velatura: 1;
  images: Readonly<Record<string, { id: string }>>;
  stages: Readonly<Record<string, Omit<Request, "image"> & { image: string }>>;
}

/** Have a workflow carried out; sending it again under the same key is harmless. */
export function submitWorkflow(workflow: Workflow, key: string): Promise<Run> {
  return call("/api/workflows", { method: "POST", json: { workflow }, headers: { "Idempotency-Key": key } });
}

export function getRun(id: string): Promise<Run> {
  return call(`/api/workflows/${id}`);
}

export function cancelRun(id: string): Promise<Run> {
  return call(`/api/workflows/${id}/cancel`, { method: "POST" });
}
