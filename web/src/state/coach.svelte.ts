/** The coach: which tutorial is on, and at which step; it goes on by itself when a step is done. */

import type { View } from "./route.svelte";
import type { Storage } from "./storage";
import type { Studio } from "./studio.svelte";

export const TUTORIALS = {
  portrait: ["subject", "model", "batch", "squint", "repair", "enlarge", "finish"],
  apple: ["draw", "paint", "again", "finish"],
} as const;

export type Tutorial = keyof typeof TUTORIALS;
export type Step = (typeof TUTORIALS)[Tutorial][number];

interface Task {
  view: View;
  isDone: (studio: Studio) => boolean;
}

/** Whether a view of this tab has made a picture. */
const made = (view: View) => (studio: Studio): boolean =>
  studio.jobs.keyed(studio.keyOf(view)).some((job) => job.status === "done");

const TASKS: Record<Step, Task> = {
  subject: { view: "prompt", isDone: ({ drafts, route }) => drafts.compose.value.prompt !== "" && route.view !== "prompt" },
  model: { view: "model", isDone: ({ drafts, route }) => drafts.compose.value.checkpoint !== "" || route.view === "compose" },
  batch: { view: "compose", isDone: made("compose") },
  squint: { view: "compose", isDone: ({ route, work }) => route.view === "inpaint" && work.picture !== undefined },
  repair: { view: "inpaint", isDone: ({ route }) => route.view === "upscale" },
  enlarge: { view: "upscale", isDone: ({ route }) => route.view === "finish" },
  finish: { view: "finish", isDone: made("finish") },
  draw: { view: "sketch", isDone: ({ drafts }) => drafts.sketch.value.prompt !== "" },
  paint: { view: "sketch", isDone: made("sketch") },
  again: { view: "sketch", isDone: ({ route }) => route.view === "finish" },
};

const KEY = "coach";

interface Place {
  tutorial: Tutorial;
  at: number;
}

export class Coach {
  place = $state.raw<Place | undefined>();
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    const kept = storage.read(KEY) as Partial<Place> | null | undefined;
    if (kept?.tutorial && kept.tutorial in TUTORIALS && typeof kept.at === "number") this.place = { tutorial: kept.tutorial, at: kept.at };
  }

  get step(): Step | undefined {
    return this.place && TUTORIALS[this.place.tutorial][this.place.at];
  }

  get view(): View | undefined {
    return this.step && TASKS[this.step].view;
  }

  /** Whether the step in hand is done, as the page stands. */
  isDone(studio: Studio): boolean {
    return this.step !== undefined && TASKS[this.step].isDone(studio);
  }

  begin(tutorial: Tutorial): void {
    this.#put({ tutorial, at: 0 });
  }

  next(): void {
    if (this.place) this.#put({ ...this.place, at: this.place.at + 1 });
  }

  end(): void {
    this.#put(undefined);
  }

  #put(place: Place | undefined): void {
    this.place = place;
    this.#storage.write(KEY, place ?? null);
  }
}
