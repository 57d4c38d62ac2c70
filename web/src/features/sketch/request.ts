/** From the draft of a sketch to the requests that the server understands. */

import type { Img2Img, Seed } from "../../api/types";
import type { Size } from "../../imaging/pixels";
import type { Sketch } from "../../state/drafts";
import { RANDOM } from "../painting/seed";
import { toPainting } from "../painting/request";

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

/** The request by which a sketch of a size is foretold, before it is sent. */
export function toForetold(draft: Sketch, { width, height }: Size): object {
  return { ...toRequest(draft), image: { width, height } };
}
