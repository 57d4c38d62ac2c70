/** From the draft of a sketch to the requests that the server understands. */

import type { Img2Img, Job, Seed } from "../../api/types";
import type { Size } from "../../imaging/pixels";
import type { Sketch } from "../../state/drafts";
import { RANDOM } from "../painting/seed";
import { inputOf, toPainting } from "../painting/request";
import { STEP } from "../painting/size";

/** From the sketch to its faintest echo. */
export const STRENGTHS = [0.35, 0.5, 0.65, 0.8, 0.95] as const;

/** @param image Id of the sketch; empty where that is enclosed. */
export function toRequest(draft: Sketch, image = ""): Img2Img {
  return {
    kind: "img2img",
    ...toPainting(draft),
    image: { id: image },
    strength: draft.strength,
    resize_mode: draft.resize_mode,
    color_correction: draft.color_correction,
  } as Img2Img;
}

/** One picture for each strength, all from the same noise: `seed` is taken where the draft leaves it to chance. */
export function toStrip(draft: Sketch, seed: Seed): Img2Img[] {
  const fixed = draft.seed === RANDOM || draft.seed === -1n ? seed : draft.seed;
  return STRENGTHS.map((strength) => toRequest({ ...draft, strength, seed: fixed, batch_size: 1 }));
}

/**
 * The request by which a sketch is foretold before it is sent; undefined where nothing can stand for it.
 *
 * Of a sketch only the size matters, and that only where the draft says none: what an earlier round of that size began with stands for it.
 *
 * @param rounds The newest first.
 */
export function toForetold(draft: Sketch, size: Size, rounds: readonly Job[]): Img2Img | undefined {
  const isSized = draft.width > 0 && draft.height > 0;
  const round = rounds.find((job) => isSized || hasKeptSize(job, size));
  const image = round && inputOf(round.request, "image");
  return image === undefined ? undefined : toRequest(draft, image);
}

/** Whether a round was left to paint in its sketch's own size, and that was this one. */
function hasKeptSize({ request, pictures: [first] }: Job, size: Size): boolean {
  const isOwn = !request.width && !request.height;
  return isOwn && first?.width === cut(size.width) && first.height === cut(size.height);
}

function cut(side: number): number {
  return Math.floor(side / STEP) * STEP;
}
