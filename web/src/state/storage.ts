/** Small values that outlive the page, in `localStorage`; a full storage is told, not swallowed. */

/** Told when something could not be kept. */
export type OnFull = (key: string) => void;

export class Storage {
  readonly #prefix: string;
  readonly #onfull: OnFull;
  readonly #area: globalThis.Storage;

  /** @param area Where to keep them. @param prefix Before every key. @param onfull Told when there is no room. */
  constructor(area: globalThis.Storage, prefix: string, onfull: OnFull) {
    this.#area = area;
    this.#prefix = prefix;
    this.#onfull = onfull;
  }

  /** The value kept under a key; `undefined` where there is none, or none that can be read. */
  read(key: string): unknown {
    const text = this.#area.getItem(this.#prefix + key);
    if (text === null) return undefined;
    try {
      return JSON.parse(text, revive);
    } catch {
      return undefined; // written by something else: as good as nothing
    }
  }

  write(key: string, value: unknown): void {
    try {
      this.#area.setItem(this.#prefix + key, JSON.stringify(value, replace));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#onfull(key);
    }
  }

  /** The same place under a longer prefix. */
  within(prefix: string): Storage {
    return new Storage(this.#area, `${this.#prefix}${prefix}/`, this.#onfull);
  }
}

const BIG = /^\d{1,20}n$/;

function replace(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function revive(key: string, value: unknown): unknown {
  return key === "seed" && typeof value === "string" && BIG.test(value) ? BigInt(value.slice(0, -1)) : value;
}
