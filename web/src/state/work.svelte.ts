/** The picture in hand: what the next stage begins with. */

import type { Storage } from "./storage";

export interface InHand {
  id: string;
  width: number;
  height: number;
  /** Whether it is in the library, or only kept for requests to begin with. */
  from: "library" | "bitmap";
}

const KEY = "in-hand";

export class Work {
  picture = $state.raw<InHand | undefined>();
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    const kept = storage.read(KEY);
    if (isInHand(kept)) this.picture = kept;
  }

  take(picture: InHand | undefined): void {
    this.picture = picture;
    this.#storage.write(KEY, picture ?? null);
  }
}

function isInHand(value: unknown): value is InHand {
  const told = value as Partial<InHand> | null | undefined;
  return typeof told?.id === "string" && typeof told.width === "number" && typeof told.height === "number";
}
