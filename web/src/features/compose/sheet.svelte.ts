/** The contact sheet: the batches of this tab, which picture is looked at, how it is looked at, and how pictures are marked. */

import { searchPictures, type Marks } from "../../api/pictures";
import type { Job, JobPicture, Request, Seed, Txt2Img } from "../../api/types";
import { isOver } from "../../state/jobs.svelte";
import type { View } from "../../state/route.svelte";
import type { Studio } from "../../state/studio.svelte";
import { seedOf } from "../painting/seed";

export interface Cell {
  job: Job;
  picture: JobPicture;
}

export interface Mark {
  rating: number;
  flag: string;
}

const UNMARKED: Mark = { rating: 0, flag: "" };
const MOST_COMPARED = 4;

export class Sheet {
  /** Radius of the blur through which the sheet is looked at. */
  squint = $state(0);
  isGrey = $state(false);
  hasThirds = $state(false);
  /** Pictures chosen for comparison, by id. */
  chosen = $state.raw<readonly string[]>([]);
  /** Pictures side by side; none where the sheet is shown. */
  compared = $state.raw<readonly string[]>([]);
  #marks = $state.raw<Readonly<Record<string, Mark>>>({});
  #gone = $state.raw<ReadonlySet<string>>(new Set());
  readonly #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** All batches, the newest first. */
  get batches(): Job[] {
    return this.#studio.jobs.keyed(this.#studio.keyOf("compose"));
  }

  /** The batches that have something to show, the newest first. */
  get jobs(): Job[] {
    return this.batches.filter((job) => !isOver(job) || job.status === "failed" || this.shown(job).length > 0);
  }

  /** The pictures of a batch that are not in the trash. */
  shown(job: Job): JobPicture[] {
    return job.pictures.filter((picture) => !this.#gone.has(picture.id)).sort((a, b) => a.place - b.place);
  }

  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  /** All pictures in the order of the sheet. */
  get cells(): Cell[] {
    return this.jobs.flatMap((job) => this.shown(job).map((picture) => ({ job, picture })));
  }

  /** The picture that is looked at: the one in hand, where it is on the sheet. */
  get current(): Cell | undefined {
    return this.find(this.#studio.work.picture?.id);
  }

  find(id: string | undefined): Cell | undefined {
    return id === undefined ? undefined : this.cells.find(({ picture }) => picture.id === id);
  }

  look(id: string): void {
    const cell = this.find(id);
    if (cell) this.#studio.work.take({ id, width: cell.picture.width, height: cell.picture.height, from: "library" });
  }

  /** Choose a picture for comparison, or no longer. */
  choose(id: string): void {
    this.chosen = this.chosen.includes(id) ? this.chosen.filter((each) => each !== id) : [...this.chosen, id];
  }

  markOf(id: string): Mark {
    return this.#marks[id] ?? UNMARKED;
  }

  /**
   * Read how the pictures are marked, and which are in the trash.
   *
   * The same request twice makes the same picture, which the library has once, for the later job: so a picture is gone
   * where no batch has it.
   */
  async load(): Promise<void> {
    const over = this.batches.filter(isOver);
    const asked = over.map((job) => searchPictures({ query: `job:${job.id}`, order: "newest", skip: 0, limit: 500 }));
    const found = (await Promise.all(asked)).flatMap((page) => page.pictures);
    this.#marks = { ...this.#marks, ...Object.fromEntries(found.map(({ id, rating, flag }) => [id, { rating, flag }])) };
    const here = new Set(found.map((entry) => entry.id));
    this.#hide(over.flatMap((job) => job.pictures.map((picture) => picture.id)), (id) => !here.has(id));
  }

  /** Mark the picture that is looked at. */
  mark(marks: Marks): void {
    const id = this.current?.picture.id;
    if (id === undefined) return;
    this.#marks = { ...this.#marks, [id]: { ...this.markOf(id), ...marks } };
    void this.#studio.mark([id], marks);
  }

  /** Flag the picture that is looked at, or no longer. */
  flag(flag: "pick" | "reject"): void {
    const id = this.current?.picture.id;
    if (id !== undefined) this.mark({ flag: this.markOf(id).flag === flag ? "" : flag });
  }

  async trash(): Promise<void> {
    const cell = this.current;
    if (!cell) return;
    const next = this.cells[this.cells.findIndex(({ picture }) => picture.id === cell.picture.id) + 1];
    await this.#studio.trash([cell.picture.id]);
    this.#hide([cell.picture.id], () => true);
    if (next) this.look(next.picture.id);
  }

  /** Lay pictures side by side: those chosen, or else those picked of the batch, or else the batch's next ones. */
  compare(): void {
    if (this.compared.length) {
      this.compared = [];
      return;
    }
    const cell = this.current ?? this.cells[0];
    if (!cell) return;
    const batch = this.shown(cell.job).map((picture) => picture.id);
    const picked = batch.filter((id) => this.markOf(id).flag === "pick");
    const at = batch.indexOf(cell.picture.id);
    const after = [...batch.slice(at), ...batch.slice(0, at)];
    const chosen = this.chosen.filter((id) => this.find(id));
    const wanted = chosen.length > 1 ? chosen : picked.length > 1 ? picked : after;
    this.compared = wanted.slice(0, MOST_COMPARED);
  }

  /** Look at one picture alone. */
  magnify(): void {
    const cell = this.current ?? this.cells[0];
    this.compared = cell ? [cell.picture.id] : [];
  }

  /** Look at the next picture, or the one before: of those side by side, or of the whole sheet where one is looked at alone. */
  step(by: 1 | -1): void {
    const ids = this.compared.length > 1 ? this.compared : this.cells.map(({ picture }) => picture.id);
    const id = ids[ids.indexOf(this.current?.picture.id ?? "") + by];
    if (id === undefined) return;
    this.look(id);
    if (this.compared.length === 1) this.compared = [id];
  }

  /** The seed that makes a picture's noise; with a variation, all of a batch share it. */
  seedOf({ job, picture }: Cell): Seed {
    const { seed = -1, variation } = job.request as unknown as Txt2Img;
    return seedOf(seed, variation?.strength ? 0 : picture.place);
  }

  /** The seed by which a picture is told apart: of variations, which share the first, the second. */
  labelOf(cell: Cell): string {
    const { variation } = cell.job.request as unknown as Txt2Img;
    return variation?.strength ? `~ ${seedOf(variation.seed ?? -1, cell.picture.place)}` : String(this.seedOf(cell));
  }

  /** Go on with a picture in another stage. */
  send({ job, picture }: Cell, view: View): void {
    this.#studio.send({ id: picture.id, width: picture.width, height: picture.height, from: "library" }, view, job.request);
  }

  /** Take the settings that made a picture, its seed included. */
  reuse(cell: Cell): void {
    this.#studio.adopt(cell.job.request as unknown as Request);
    this.#studio.drafts.compose.value.seed = this.seedOf(cell);
  }

  #hide(ids: readonly string[], isHidden: (id: string) => boolean): void {
    const gone = new Set(this.#gone);
    for (const id of ids) {
      if (isHidden(id)) gone.add(id);
      else gone.delete(id);
    }
    this.#gone = gone;
  }
}
