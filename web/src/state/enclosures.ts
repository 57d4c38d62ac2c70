/** Pixels that requests in the outbox begin with: kept in the browser until the server has them, so that a closed page does not lose them. */

import { drawId } from "../api/ids";
import { keepBitmap } from "../api/pictures";

/** What of a request is still to be put in its place. */
export interface Enclosure {
  field: "image" | "mask";
  /** What its pixels are kept under. */
  key: string;
}

/** Where they are kept: see `Vault`. */
interface Shelf {
  read: (key: string) => Promise<unknown>;
  write: (key: string, value: unknown, most: number) => Promise<void>;
  forget: (key: string) => Promise<void>;
}

/** Far more than anybody sends while the server is away. */
const MOST = 500;

/** What was enclosed is gone: the browser had no room for it, and the page that held it was closed. */
export class Lost extends Error {}

export class Enclosures {
  readonly #shelf: Shelf;
  readonly #prefix: string;
  /** Those of this page, which has them even where there was no room on the shelf. */
  readonly #held = new Map<string, Blob>();
  /** The server's ids of those that it has, by key: several requests may begin with one. */
  readonly #ids = new Map<string, string>();

  /** @param prefix Before the keys of all. */
  constructor(shelf: Shelf, prefix: string) {
    this.#shelf = shelf;
    this.#prefix = prefix;
  }

  /** Keep pixels; answers what they are kept under. */
  async keep(file: Blob): Promise<string> {
    const key = this.#prefix + drawId();
    this.#held.set(key, file);
    await this.#shelf.write(key, file, MOST);
    return key;
  }

  /** Bring pixels to the server; answers their id there. */
  async deliver(key: string): Promise<string> {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const file = this.#held.get(key) ?? ((await this.#shelf.read(key)) as Blob | undefined);
    if (!file) throw new Lost("the pixels of this request are gone");
    const { id } = await keepBitmap(file);
    this.#ids.set(key, id);
    return id;
  }

  /** No request needs them any more. */
  async forget(key: string): Promise<void> {
    this.#held.delete(key);
    this.#ids.delete(key);
    await this.#shelf.forget(key);
  }
}
