/** The adjustments of the picture in hand, as a list of steps: kept for each picture, and undone. */

import type { Adjustment, Kind, OfKind } from "../imaging/adjustment";
import type { Size } from "../imaging/pixels";
import { adjustmentsOf, stepsOf, type Step } from "../imaging/steps";
import type { Draft } from "./draft.svelte";
import type { Finish } from "./drafts";
import { Undo } from "./undo.svelte";

/** Lists of so many pictures are kept; of those the least recently changed go first. */
const MOST_LISTS = 40;

/** What a new step begins with. */
const BEGINNINGS: { readonly [K in Kind]: (size: Size) => OfKind<K> } = {
  levels: () => ({ kind: "levels", channel: "value" }),
  auto_levels: () => ({ kind: "auto_levels" }),
  curves: () => ({ kind: "curves", channel: "value", points: [[0, 0], [1, 1]] }),
  brightness_contrast: () => ({ kind: "brightness_contrast", brightness: 0, contrast: 0 }),
  hue_saturation: () => ({ kind: "hue_saturation", range: "all", hue: 0, saturation: 0, lightness: 0, overlap: 0 }),
  crop: ({ width, height }) => ({ kind: "crop", left: 0, top: 0, width, height }),
  rotate: () => ({ kind: "rotate", degrees: 0, fit: "crop" }),
  resize: ({ width, height }) => ({ kind: "resize", width, height, kernel: "lanczos" }),
  sharpen: () => ({ kind: "sharpen", radius: 1.5, amount: 0.5, threshold: 0 }),
};

export class Edits {
  /** The step that is worked on. */
  selected = $state<string | undefined>();
  readonly picture: string;
  readonly #draft: Draft<Finish>;
  readonly #undo: Undo<readonly Step[]>;
  readonly steps: readonly Step[] = $derived.by(() => $state.snapshot(this.#draft.value.lists[this.picture] ?? []) as Step[]);
  /** What the list amounts to, in the server's words. */
  readonly adjustments = $derived(adjustmentsOf(this.steps));

  constructor(draft: Draft<Finish>, picture: string, now: () => number = () => performance.now()) {
    this.#draft = draft;
    this.picture = picture;
    this.#undo = new Undo(now);
  }

  get canUndo(): boolean {
    return this.#undo.canUndo;
  }

  get canRedo(): boolean {
    return this.#undo.canRedo;
  }

  /** Add a step at the end and work on it. */
  add(kind: Kind, size: Size): void {
    const id = crypto.randomUUID();
    this.#change([...this.steps, { id, kind, isOn: true, adjustments: [BEGINNINGS[kind](size)] }], `add ${id}`);
    this.selected = id;
  }

  set(id: string, adjustments: readonly Adjustment[]): void {
    this.#replace(id, (step) => ({ ...step, adjustments }), `set ${id}`);
  }

  /** Take a step back to what it began with. */
  reset(id: string, size: Size): void {
    this.#replace(id, (step) => ({ ...step, adjustments: [BEGINNINGS[step.kind](size)] }), `reset ${id}`);
  }

  toggle(id: string): void {
    this.#replace(id, (step) => ({ ...step, isOn: !step.isOn }), `toggle ${id}`);
  }

  remove(id: string): void {
    this.#change(this.steps.filter((step) => step.id !== id), `remove ${id}`);
    if (this.selected === id) this.selected = undefined;
  }

  /** Move a step by so many places. */
  move(id: string, by: number): void {
    const from = this.steps.findIndex((step) => step.id === id);
    const step = this.steps[from];
    if (!step || from + by < 0 || from + by >= this.steps.length) return;
    this.#change(this.steps.toSpliced(from, 1).toSpliced(from + by, 0, step), `move ${id}`);
  }

  clear(): void {
    this.#change([], "clear");
    this.selected = undefined;
  }

  /** Put the steps that make a list of adjustments in place of what is there. */
  adopt(adjustments: readonly Adjustment[]): void {
    this.#change(stepsOf(adjustments, () => crypto.randomUUID()), "adopt");
  }

  undo(): void {
    this.#put(this.#undo.undo(this.steps));
  }

  redo(): void {
    this.#put(this.#undo.redo(this.steps));
  }

  #replace(id: string, change: (step: Step) => Step, gesture: string): void {
    this.#change(this.steps.map((step) => (step.id === id ? change(step) : step)), gesture);
  }

  #change(steps: readonly Step[], gesture: string): void {
    this.#undo.note(this.steps, gesture);
    this.#put(steps);
  }

  #put(steps: readonly Step[]): void {
    const others = Object.entries(this.#draft.value.lists).filter(([id]) => id !== this.picture);
    this.#draft.value.lists = { ...Object.fromEntries(others.slice(1 - MOST_LISTS)), [this.picture]: [...steps] };
  }
}
