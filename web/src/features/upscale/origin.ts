/** What the picture in hand was, before it was enlarged and its faces were restored. */

import { getEntry, getFamily, getStory } from "../../api/pictures";
import type { Request } from "../../api/types";
import type { InHand } from "../../state/work.svelte";

const ENLARGING: ReadonlySet<string> = new Set<Request["kind"]>(["upscale", "sd_upscale", "faces", "detail"]);

/** A chain is no longer than this: it ends where a picture refers to itself, too. */
const LONGEST = 8;

/** The first picture of the chain that ends with this one; undefined where it was not enlarged, or no longer is there. */
export async function originOf(picture: InHand): Promise<InHand | undefined> {
  if (picture.from !== "library") return undefined;
  const known = new Set((await getFamily(picture.id)).known);
  let id = picture.id;
  for (let length = 0; length < LONGEST; length++) {
    const parent = await parentOf(id);
    if (parent === undefined) break;
    if (!known.has(parent)) return { ...picture, id: parent, from: "bitmap" };
    id = parent;
  }
  if (id === picture.id) return undefined;
  const { width, height } = await getEntry(id);
  return { id, width, height, from: "library" };
}

async function parentOf(id: string): Promise<string | undefined> {
  const { request } = await getStory(id);
  const told = request as { kind?: string; image?: { id?: string } } | null;
  return told?.kind && ENLARGING.has(told.kind) ? told.image?.id : undefined;
}
