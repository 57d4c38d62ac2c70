/** `/api/prompts`: how a prompt is read. */

import { call } from "./client";
import type { Reading } from "./types";

/** The server reads no further than this, in characters. */
export const LONGEST_READ = 10_000;

export interface Asked {
  prompt: string;
  negative: boolean;
  steps: number;
  sampler: string;
}

export function readPrompt(asked: Asked, signal: AbortSignal): Promise<Reading> {
  return call("/api/prompts/read", { method: "POST", json: asked, signal });
}
