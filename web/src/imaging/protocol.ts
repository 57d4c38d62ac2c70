/** What the page asks of the worker, and what it answers. */

import type { Adjustment } from "./adjustment";
import type { FoundLevels } from "./auto_levels";
import type { Histogram } from "./histogram";
import type { Pixels, Size } from "./pixels";
import type { Preview } from "./workshop";

export type Task =
  | { readonly kind: "open"; readonly file: Blob }
  | { readonly kind: "preview"; readonly adjustments: readonly Adjustment[]; readonly frame: Size }
  | { readonly kind: "before"; readonly adjustments: readonly Adjustment[]; readonly frame: Size }
  | { readonly kind: "count"; readonly lists: readonly (readonly Adjustment[])[] }
  | { readonly kind: "findLevels"; readonly adjustments: readonly Adjustment[] }
  | { readonly kind: "render"; readonly adjustments: readonly Adjustment[] };

/** A preview and how long it took to make. */
export interface TimedPreview extends Preview {
  readonly milliseconds: number;
}

export interface Answers {
  readonly open: Size;
  readonly preview: TimedPreview;
  readonly before: TimedPreview;
  readonly count: Histogram[];
  readonly findLevels: FoundLevels[];
  readonly render: Pixels;
}

export type Answer<T extends Task> = Answers[T["kind"]];

export interface Question {
  readonly id: number;
  readonly task: Task;
}

export type Reply =
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly error: string };
