/** Drawings kept in the browser (IndexedDB): masks and sketches survive a reload, and what is sent of them does. */

/** Told when something could not be kept. */
export type OnFull = () => void;

const STORE = "drawings";
/** Drawings of one kind that are usually kept; the oldest give way. */
const KEPT = 40;

interface Kept {
  key: string;
  /** When it was kept last. */
  time: number;
  value: unknown;
}

export class Vault {
  readonly #onfull: OnFull;
  #opened: Promise<IDBDatabase> | undefined;

  constructor(onfull: OnFull) {
    this.#onfull = onfull;
  }

  async read(key: string): Promise<unknown> {
    const store = await this.#store("readonly");
    return ((await answer(store.get(key))) as Kept | undefined)?.value;
  }

  /** Keep a value; of those whose keys begin alike up to the last "/", only the latest stay. */
  async write(key: string, value: unknown, most = KEPT): Promise<void> {
    try {
      const store = await this.#store("readwrite");
      await answer(store.put({ key, time: Date.now(), value } satisfies Kept));
      await forgetOldest(store, key.slice(0, key.lastIndexOf("/") + 1), most);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#onfull();
    }
  }

  async forget(key: string): Promise<void> {
    const store = await this.#store("readwrite");
    await answer(store.delete(key));
  }

  async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.#opened ??= open();
    return (await this.#opened).transaction(STORE, mode).objectStore(STORE);
  }
}

function open(): Promise<IDBDatabase> {
  const asked = indexedDB.open("velatura", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
  return answer(asked);
}

async function forgetOldest(store: IDBObjectStore, prefix: string, most: number): Promise<void> {
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  if ((await answer(store.count(range))) <= most) return;
  const all = (await answer(store.getAll(range))) as Kept[];
  const oldest = all.sort((a, b) => a.time - b.time).slice(0, all.length - most);
  for (const { key } of oldest) store.delete(key);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("no answer"));
  });
}
