/** The jobs, one after another, that an upscale with its faces is. */

import type { Detail, Faces, Request, Upscale as UpscaleRequest } from "../../api/types";
import type { Workflow } from "../../api/workflows";
import type { Size } from "../../imaging/pixels";
import type { Upscale } from "../../state/drafts";
import { coveringFactor } from "./forecast";

/** A request that still lacks its picture. */
export type Link = Omit<UpscaleRequest, "image"> | Omit<Faces, "image"> | Omit<Detail, "image">;

/** What the draft asks for, in order; the result of each is the picture of the next. */
export function chainOf(draft: Upscale, checkpoint: string): Link[] {
  const enlarge = enlargement(draft);
  const faces = faceWork(draft, checkpoint);
  if (!faces) return [enlarge];
  return draft.faces_first ? [faces, enlarge] : [enlarge, faces];
}

export function withImage(link: Link, id: string): Request {
  return { ...link, image: { id } };
}

/** The jobs as stages named by what they do, the first one's picture being the one of this id. */
export function workflowOf(chain: readonly Link[], id: string): Workflow {
  const before = (index: number): string => chain[index - 1]?.kind ?? "picture";
  const stages = Object.fromEntries(chain.map((link, index) => [link.kind, { ...link, image: before(index) }]));
  return { velatura: 1, images: { picture: { id } }, stages };
}

/** From the picture's sides to those of what the draft asks for. */
export function factorOf(draft: Upscale, picture: Size): number {
  return draft.sizing === "factor" ? draft.factor : coveringFactor(picture, draft);
}

/** What is kept of the enlarged picture; undefined keeps all. */
export function croppedTo(draft: Upscale): Size | undefined {
  const isCropped = draft.sizing === "size" && draft.crop && draft.width > 0 && draft.height > 0;
  return isCropped ? { width: draft.width, height: draft.height } : undefined;
}

function enlargement(draft: Upscale): Omit<UpscaleRequest, "image"> {
  const { upscaler, second_upscaler, second_visibility, tile, overlap } = draft;
  const common = { kind: "upscale", upscaler, second_upscaler, second_visibility, tile, overlap } as const;
  if (draft.sizing === "factor") return { ...common, factor: draft.factor };
  const isCropped = croppedTo(draft) !== undefined;
  return { ...common, width: draft.width, height: draft.height, crop: isCropped, exact: isCropped };
}

function faceWork(draft: Upscale, checkpoint: string): Link | undefined {
  const { faces, visibility, weight, detail_prompt: prompt, detail_strength: strength } = draft;
  if (faces === "none") return undefined;
  if (faces === "detail") return { kind: "detail", prompt, strength, checkpoint };
  return { kind: "faces", restorer: faces, visibility, weight };
}
