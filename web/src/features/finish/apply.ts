/** Have the server apply adjustments to the picture in hand; the result becomes the picture in hand. */

import { ApiError } from "../../api/client";
import type { Adjustment } from "../../imaging/adjustment";
import { isOver } from "../../state/jobs.svelte";
import type { Studio } from "../../state/studio.svelte";
import type { InHand } from "../../state/work.svelte";
import { words } from "../../words/en";

/** Answers with what was refused, in a sentence; empty where all went well. */
export async function applyAdjustments(studio: Studio, picture: InHand, adjustments: readonly Adjustment[]): Promise<string> {
  try {
    const job = await studio.run("finish", { kind: "adjust", image: { id: picture.id }, adjustments: [...adjustments] });
    const made = job.pictures[0];
    if (!made) return job.failure?.message ?? "";
    const isStillInHand = studio.work.picture?.id === picture.id;
    if (isStillInHand) studio.work.take({ id: made.id, width: made.width, height: made.height, from: "library" });
    return "";
  } catch (error) {
    if (error instanceof ApiError) return words.common.refused(error.message, error.remedy);
    throw error;
  }
}

/** How far the job is that applies adjustments just now, 0 to 1; undefined where there is none. */
export function runningShare(studio: Studio): number | undefined {
  return studio.jobs.keyed(studio.keyOf("finish")).find((job) => !isOver(job))?.progress.share;
}
