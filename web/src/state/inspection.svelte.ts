/** A picture file that was opened: what it tells of its making, or why it cannot be read. It survives a reload. */

import { ApiError } from "../api/client";
import { keepBitmap, readPicture } from "../api/pictures";
import type { Told } from "../api/types";
import { words } from "../words/en";
import { patiently } from "./patience";
import type { Storage } from "./storage";

/** What the server takes of one file. */
const LARGEST_FILE = 64 * 2 ** 20;
const KEY = "inspection";

interface Kept {
  name: string;
  told: Told;
}

export class Inspection {
  name = $state("");
  told = $state.raw<Told | undefined>();
  /** Why the last file cannot be read: a sentence with what to do. */
  failure = $state("");
  isReading = $state(false);
  readonly #storage: Storage;
  #latest = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
    const kept = storage.read(KEY) as Partial<Kept> | undefined;
    if (typeof kept?.told?.id !== "string") return;
    this.name = kept.name ?? "";
    this.told = kept.told;
  }

  /** Read a file and keep its pixels on the server; answers with what it tells, unless it cannot be read or another was opened since. */
  async open(file: File): Promise<Told | undefined> {
    const turn = ++this.#latest;
    this.failure = refusalOf(file);
    this.isReading = this.failure === "";
    if (this.failure) return undefined;
    try {
      const told = await patiently(() => readPicture(file));
      await patiently(() => keepBitmap(file));
      if (turn !== this.#latest) return undefined;
      this.name = file.name;
      this.told = told;
      this.#storage.write(KEY, { name: file.name, told } satisfies Kept);
      return told;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (turn === this.#latest) this.failure = words.inspect.refused(file.name, error.message.replace(/^image: /, ""));
      return undefined;
    } finally {
      if (turn === this.#latest) this.isReading = false;
    }
  }
}

/** Why a file is not even sent; empty where it is. */
function refusalOf(file: File): string {
  if (file.type && !file.type.startsWith("image/")) return words.inspect.noPicture;
  if (file.size > LARGEST_FILE) return words.inspect.tooLarge(file.name, Math.round(file.size / 2 ** 20), LARGEST_FILE / 2 ** 20);
  return file.size === 0 ? words.inspect.nothing(file.name) : "";
}
