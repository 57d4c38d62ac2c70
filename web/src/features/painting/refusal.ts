/** What the server said of a request, brought to the field that it is about. */

import { ApiError } from "../../api/client";
import type { Failure } from "../../api/types";

export interface Refusal {
  /** Name of the field, as the request has it ("hires.steps"); empty where no single field is to blame. */
  field: string;
  /** One sentence, and how to mend it where that is not plain. */
  message: string;
  /** Where in a text. */
  position?: number;
}

/** What was thrown as a refusal; `undefined` where it is none. */
export function toRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const isPlain = error.field !== "";
  return {
    field: bare(error.field),
    message: isPlain || !error.remedy ? sentence(error.message) : `${sentence(error.message)} ${error.remedy}`,
    ...(error.position !== undefined && { position: error.position }),
  };
}

/** A job's failure as a refusal. */
export function fromFailure(failure: Failure): Refusal {
  return { field: bare(failure.field), message: sentence(failure.message) };
}

/** What is to be said beside a field; empty where nothing is. */
export function problemOf(refusal: Refusal | undefined, field: string): string {
  return refusal?.field === field ? refusal.message : "";
}

/** What is to be said where no field of these is to blame. */
export function problemElsewhere(refusal: Refusal | undefined, shown: readonly string[]): string {
  return refusal && !shown.includes(refusal.field) ? refusal.message : "";
}

/** A field without the request, or the stage of a workflow, that it belongs to. */
function bare(field: string): string {
  return field.replace(/^(request|stages\.\w+)(\.|$)/, "");
}

/** Where in a workflow, which is not the artist's own. */
const PLACE = /^(workflow: line \d+, column \d+: )?(stages|images)(\.\w+)+: /;

function sentence(told: string): string {
  const text = told.replace(PLACE, "");
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Where in a field's text the trouble is. */
export function positionOf(refusal: Refusal | undefined, field: string): number | undefined {
  return refusal?.field === field ? refusal.position : undefined;
}
