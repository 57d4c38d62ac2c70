/** From a draft to the request that the server understands. */

import type { Txt2Img } from "../../api/types";
import type { Compose, Painting, Sampling } from "../../state/drafts";

type Settings = Omit<Painting, keyof Sampling> & { sampling: Sampling };

/** What every request that paints says of a draft; a stage adds what is its own. */
export function toPainting({ deep_cache, bf16, fp8, ...draft }: Painting): Settings {
  return {
    prompt: draft.prompt,
    negative_prompt: draft.negative_prompt,
    styles: [...draft.styles],
    checkpoint: draft.checkpoint,
    vae: draft.vae,
    sampler: draft.sampler,
    schedule: draft.schedule,
    steps: draft.steps,
    guidance_scale: draft.guidance_scale,
    width: draft.width,
    height: draft.height,
    seed: draft.seed,
    batch_size: draft.batch_size,
    clip_skip: draft.clip_skip,
    sampling: { deep_cache, bf16, fp8 },
  };
}

/** Id of a picture that a request begins with, by the field that has it. */
export function inputOf(request: Readonly<Record<string, unknown>>, field: "image" | "mask"): string | undefined {
  const input = request[field] as { id?: unknown } | undefined;
  return typeof input?.id === "string" ? input.id : undefined;
}

/** The request for a draft's pictures. */
export function toRequest(draft: Compose): Txt2Img {
  return {
    kind: "txt2img",
    ...toPainting(draft),
    tiling: draft.tiling,
    variation: draft.variation && { ...draft.variation },
    hires: draft.hires && { ...draft.hires },
  } as Txt2Img;
}
