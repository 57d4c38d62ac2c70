/** How long a request would take, by the runs of this machine: asked anew as its settings change. */

import { ApiError, Unreachable } from "../../api/client";
import { formatExact, parseExact } from "../../api/exact";
import { forecastRequest } from "../../api/jobs";
import type { Choice, Forecast } from "../../api/types";
import { Question } from "../../state/question";
import type { Studio } from "../../state/studio.svelte";
import { LARGEST } from "./size";

const PAUSE_MS = 400;

/** What takes no time: the same request with other words, from other noise. */
const TIMELESS: readonly string[] = ["prompt", "negative_prompt", "styles", "seed", "variation"];

/** Which menu a field is chosen from. */
const MENU_OF: Readonly<Record<string, string>> = {
  checkpoint: "checkpoints", vae: "vaes", sampler: "samplers", schedule: "schedules", upscaler: "upscalers", second_upscaler: "upscalers",
};

type Asked = Readonly<Record<string, unknown>>;

export class Foresight {
  told = $state.raw<Forecast | undefined>();
  readonly #question = new Question(PAUSE_MS);

  /** Foretell a request for as long as the component lives; to be called once, as it begins. */
  follow(studio: Studio, request: () => object | undefined): void {
    // As text, since equal texts are one question: words and seeds ask nothing anew.
    const asked = $derived.by(() => {
      const now = studio.connection.isHere ? (request() as Asked | undefined) : undefined;
      return now && isKnown(now, (menu) => studio.menus.of(menu)) ? formatExact(timedPart(now)) : "";
    });
    const lastEnd = $derived(studio.jobs.lastEnd);
    $effect(() => {
      void lastEnd; // every job that ends teaches
      this.ask(asked ? (parseExact(asked) as Asked) : undefined);
    });
    $effect(() => () => this.#question.drop());
  }

  /** Ask for the forecast of a request, soon; nothing is told of no request. */
  ask(request: Asked | undefined): void {
    if (request) {
      this.#question.ask((signal) => this.#ask(request, signal));
    } else {
      this.#question.drop();
      this.told = undefined;
    }
  }

  async #ask(request: Asked, signal: AbortSignal): Promise<void> {
    try {
      const told = await forecastRequest(request, signal);
      if (!signal.aborted) this.told = told;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      this.told = undefined; // what is wrong is told by the field or the corner
    }
  }
}

/** What of a request decides how long it takes. */
export function timedPart(request: Asked): Asked {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !TIMELESS.includes(name)));
}

/** Whether the server will know what a request names; what it would refuse is not worth asking. */
export function isKnown(request: Asked, menu: (name: string) => readonly Choice[]): boolean {
  const isChoice = (list: string, value: unknown): boolean => menu(list).some(({ name, aliases = [] }) => name === value || aliases.includes(String(value)));
  const names = Object.entries(MENU_OF).filter(([field]) => request[field] !== undefined && request[field] !== "");
  if (!names.every(([field, list]) => isChoice(list, request[field]))) return false;
  const hires = request.hires as { upscaler?: string; scale?: number } | null | undefined;
  if (!hires) return true;
  const side = Math.max(Number(request.width), Number(request.height)) * (hires.scale ?? 1);
  return side <= LARGEST && (hires.upscaler === undefined || isChoice("hires_upscalers", hires.upscaler));
}
