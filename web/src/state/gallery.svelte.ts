/**
 * The pictures of the library that a query finds: a long list of which only the pages in sight are known.
 *
 * Pictures that come in while the artist is elsewhere in the list do not push it about: they are counted, and shown on request.
 */

import { ApiError } from "../api/client";
import { countPictures } from "../api/library";
import { searchPictures, type Marks, type Order } from "../api/pictures";
import type { Entry } from "../api/types";
import { Draft } from "./draft.svelte";
import type { Storage } from "./storage";

export interface Looking {
  query: string;
  order: Order;
  /** Side of a tile, in pixels. */
  tile: number;
  /** The first picture in sight. */
  from: number;
}

const PAGE = 100;
const KEPT_PAGES = 60;
const LARGEST_PAGE = 500;

export class Gallery {
  readonly looking: Draft<Looking>;
  /** How many pictures the list has; `undefined` until it is known. */
  count = $state<number | undefined>();
  /** Pictures that have come in before the first of the list. */
  news = $state(0);
  /** Why the query cannot be read. */
  refusal = $state.raw<ApiError | undefined>();
  /** The picture that keys act on. */
  at = $state(0);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  #revision = $state(0);
  readonly #complain: (error: unknown) => void;
  readonly #pages = new Map<number, readonly Entry[]>();
  readonly #asked = new Map<number, AbortController>();
  #wanted: readonly number[] = [];
  #generation = 0;

  /** @param storage Where to keep what is looked for. @param complain Told of pages that could not be read. */
  constructor(storage: Storage, complain: (error: unknown) => void) {
    this.#complain = complain;
    this.looking = new Draft<Looking>(storage, "library", { query: "", order: "newest", tile: 176, from: 0 });
    this.at = this.looking.value.from;
  }

  /** The picture at a place; `undefined` until its page has come. */
  entry(index: number): Entry | undefined {
    void this.#revision;
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  get current(): Entry | undefined {
    return this.entry(this.at);
  }

  /** What an act is about: the pictures that are selected, or else the current one. */
  get targets(): string[] {
    return this.selected.size ? [...this.selected] : this.current ? [this.current.id] : [];
  }

  /** The sizes of the pictures known just now. */
  get sizes(): string[] {
    void this.#revision;
    return [...new Set([...this.#pages.values()].flat().map((entry) => `${entry.width}x${entry.height}`))].sort();
  }

  /** Look for something else, from its beginning. */
  async search(change: Partial<Pick<Looking, "query" | "order">>): Promise<void> {
    Object.assign(this.looking.value, change, { from: 0 });
    this.at = 0;
    this.selected = new Set();
    await this.load();
  }

  /** Read the list anew, with all that has come in. */
  async load(): Promise<void> {
    this.news = 0;
    await this.#renew(() => 0);
  }

  /** Read anew what is known; `isAtTop` tells whether newcomers may push the list down. */
  async refresh(isAtTop: boolean): Promise<void> {
    const isPushed = !isAtTop && this.looking.value.order === "newest";
    const before = this.count;
    await this.#renew((total) => (isPushed && before !== undefined ? Math.max(0, total - before) : 0));
  }

  /** Have the pictures from one place to another, as far as they are not there yet. */
  want(first: number, last: number): void {
    const wanted = Array.from({ length: Math.floor(last / PAGE) - Math.floor(first / PAGE) + 1 }, (_, index) => Math.floor(first / PAGE) + index);
    this.#wanted = wanted;
    for (const [page, controller] of this.#asked) if (!wanted.includes(page)) controller.abort();
    for (const page of wanted) if (!this.#pages.has(page) && !this.#asked.has(page)) this.#read(page).catch(this.#complain);
  }

  /** Take over what the server says of pictures. */
  put(entries: readonly Entry[]): void {
    this.#change(new Set(entries.map((entry) => entry.id)), (entry) => entries.find((each) => each.id === entry.id) ?? entry);
  }

  /** Show marks before the server has confirmed them. */
  foresee(ids: readonly string[], marks: Marks): void {
    this.#change(new Set(ids), (entry) => ({ ...entry, rating: marks.rating ?? entry.rating, flag: marks.flag ?? entry.flag }));
  }

  toggle(id: string): void {
    const selected = new Set(this.selected);
    if (!selected.delete(id)) selected.add(id);
    this.selected = selected;
  }

  /** Add all pictures from one place to another to the selection. */
  async selectRange(from: number, to: number): Promise<void> {
    const [first, last] = from < to ? [from, to] : [to, from];
    const ids: string[] = [];
    for (let skip = first; skip <= last; skip += LARGEST_PAGE) {
      const known = Array.from({ length: Math.min(LARGEST_PAGE, last - skip + 1) }, (_, index) => this.entry(skip + index));
      const page = known.every((entry) => entry !== undefined) ? known : (await this.#ask(skip, known.length)).pictures;
      ids.push(...page.map((entry) => entry.id));
    }
    this.selected = new Set([...this.selected, ...ids]);
  }

  async #renew(pushed: (total: number) => number): Promise<void> {
    const generation = ++this.#generation;
    try {
      const total = await countPictures(this.looking.value.query);
      if (generation !== this.#generation) return;
      this.refusal = undefined;
      this.news = pushed(total);
      this.count = total - this.news;
      this.at = Math.min(this.at, Math.max(0, this.count - 1));
      for (const page of this.#pages.keys()) if (!this.#wanted.includes(page)) this.#pages.delete(page);
      await Promise.all(this.#wanted.map((page) => this.#read(page)));
    } catch (error) {
      if (generation !== this.#generation) return; // something else is looked for by now
      if (!(error instanceof ApiError)) throw error;
      this.refusal = error;
    }
  }

  async #read(page: number): Promise<void> {
    const generation = this.#generation;
    const controller = new AbortController();
    this.#asked.get(page)?.abort();
    this.#asked.set(page, controller);
    try {
      const { pictures } = await this.#ask(page * PAGE, PAGE, controller.signal);
      if (generation !== this.#generation) return;
      this.#pages.delete(page);
      this.#pages.set(page, pictures);
      this.#forgetOldest();
      this.#revision += 1;
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      if (this.#asked.get(page) === controller) this.#asked.delete(page);
    }
  }

  #ask(skip: number, limit: number, signal?: AbortSignal): ReturnType<typeof searchPictures> {
    const { query, order } = this.looking.value;
    return searchPictures({ query, order, limit, skip: skip + this.news }, signal);
  }

  #forgetOldest(): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) return;
      if (!this.#wanted.includes(page)) this.#pages.delete(page);
    }
  }

  #change(ids: ReadonlySet<string>, change: (entry: Entry) => Entry): void {
    for (const [page, entries] of this.#pages) {
      if (!entries.some((entry) => ids.has(entry.id))) continue;
      this.#pages.set(page, entries.map((entry) => (ids.has(entry.id) ? change(entry) : entry)));
    }
    this.#revision += 1;
  }
}
