/** `/api/events`: what happens, as it happens; resumes by itself where it was cut off. */

import type { Progress } from "./types";

export const KINDS = [
  "submitted", "moved", "started", "picture", "stopping", "parked", "orphaned",
  "done", "failed", "cancelled", "retried", "paused", "resumed",
] as const;

export type Kind = (typeof KINDS)[number];

export interface Listener {
  /** The line is open; what was missed meanwhile comes first. */
  onopen: () => void;
  /** The line is cut; it is tried again until `close` is called. */
  onlost: () => void;
  /** Something happened to a job, or to the queue where `job` is empty. */
  onevent: (kind: Kind, job: string) => void;
  /** How far a running job is. */
  onprogress: (job: string, progress: Progress) => void;
  /** Events were forgotten: look at everything anew. */
  onreset: () => void;
}

const RETRY_MS = 1000;

/** Listen until the function that is returned is called. */
export function listen(listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";

  const open = (): void => {
    source = new EventSource(last ? `/api/events?after=${last}` : "/api/events");
    source.onopen = listener.onopen;
    source.onerror = () => {
      listener.onlost();
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
    };
    source.addEventListener("reset", listener.onreset);
    source.addEventListener("progress", (event) => {
      const { job, ...progress } = JSON.parse(event.data as string) as Progress & { job: string };
      listener.onprogress(job, progress);
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        last = event.lastEventId;
        listener.onevent(kind, (JSON.parse(event.data as string) as { job: string }).job);
      });
    }
  };

  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
