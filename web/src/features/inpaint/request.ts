/** From the draft of a repair to the request that the server understands. */

import type { Inpaint as Request, Job } from "../../api/types";
import type { Inpaint } from "../../state/drafts";
import { inputOf, toPainting } from "../painting/request";

/** @param image Id of the picture. @param mask Id of its mask; empty where that is enclosed. */
export function toRequest(draft: Inpaint, image: string, mask = ""): Request {
  return {
    kind: "inpaint",
    ...toPainting(draft),
    image: { id: image },
    mask: { id: mask },
    strength: draft.strength,
    mask_blur: draft.mask_blur,
    invert: draft.invert,
    content: draft.content,
    area: draft.area,
    padding: draft.padding,
    soft: draft.soft ? {} : null,
  } as Request;
}

/**
 * The request by which a repair is foretold before its mask is sent; undefined where nothing can stand for the mask.
 *
 * A mask matters where only the masked is painted and its frame decides the size: there the latest one that was sent stands for it.
 * Elsewhere any picture does.
 *
 * @param made The repairs of this picture, the newest first.
 */
export function toForetold(draft: Inpaint, image: string, made: readonly Job[]): Request | undefined {
  const [latest] = made;
  const isSized = draft.area === "whole" || (draft.width > 0 && draft.height > 0);
  const mask = isSized ? image : latest && inputOf(latest.request, "mask");
  return mask === undefined ? undefined : toRequest(draft, image, mask);
}
