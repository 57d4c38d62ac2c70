/** From the draft of a repair to the request that the server understands. */

import type { Inpaint as Request } from "../../api/types";
import type { Inpaint } from "../../state/drafts";
import { toPainting } from "../painting/request";

/** @param image Id of the picture. @param mask Id of its mask. */
export function toRequest(draft: Inpaint, image: string, mask: string): Request {
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

/** Id of the picture that a request begins with. */
export function imageOf(request: Readonly<Record<string, unknown>>): string | undefined {
  const image = request.image as { id?: unknown } | undefined;
  return typeof image?.id === "string" ? image.id : undefined;
}
