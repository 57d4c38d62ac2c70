/** The server's records by short names; they are generated from its OpenAPI document. */

import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Job = Schemas["JobView"];
export type JobPage = Schemas["PageView"];
export type JobPicture = Schemas["PictureView"];
export type Progress = Schemas["ProgressView"];
export type Failure = Schemas["FailureView"];
export type Queue = Schemas["QueueView"];
export type Session = Schemas["SessionView"];
export type Entry = Schemas["EntryView"];
export type Entries = Schemas["EntriesView"];
export type Label = Schemas["LabelView"];
export type Family = Schemas["FamilyView"];
export type Edge = Schemas["EdgeView"];
export type Story = Schemas["StoryView"];
export type Told = Schemas["ToldView"];
export type Bitmap = Schemas["BitmapView"];
export type Import = Schemas["ImportView"];
export type Reading = Schemas["ReadingView"];
export type Style = Schemas["StyleView"];
export type Token = Schemas["TokenView"];
export type Forecast = Schemas["ForecastView"];
export type Health = Schemas["HealthView"];
export type Run = Schemas["RunView"];
export type RunStage = Schemas["StageView"];

/** A seed; a `bigint` where a number would lose digits. */
export type Seed = number | bigint;

type Seeded<T> = Omit<T, "seed" | "kind"> & { seed?: Seed };

export type Txt2Img = Seeded<Schemas["Txt2Img"]> & { kind: "txt2img" };
export type Img2Img = Seeded<Schemas["Img2Img"]> & { kind: "img2img" };
export type Inpaint = Seeded<Schemas["Inpaint"]> & { kind: "inpaint" };
export type Detail = Seeded<Schemas["Detail"]> & { kind: "detail" };
export type Outpaint = Seeded<Schemas["Outpaint"]> & { kind: "outpaint" };
export type SdUpscale = Seeded<Schemas["SdUpscale"]> & { kind: "sd_upscale" };
export type Upscale = Omit<Schemas["Upscale"], "kind"> & { kind: "upscale" };
export type Faces = Omit<Schemas["Faces"], "kind"> & { kind: "faces" };
export type Adjust = Omit<Schemas["Adjust"], "kind"> & { kind: "adjust" };
export type Adjustment = NonNullable<Schemas["Adjust"]["adjustments"]>[number];
export type Hires = Schemas["Hires"];
export type Variation = Omit<Schemas["Variation"], "seed"> & { seed?: Seed };

export type Request = Txt2Img | Img2Img | Inpaint | Detail | Outpaint | SdUpscale | Upscale | Faces | Adjust;

/** An entry of a menu. */
export interface Choice {
  name: string;
  summary: string;
  aliases?: string[];
  schedule?: string;
  is_stochastic?: boolean;
  /** An upscaler's own factor; 0 where it goes to any size at once, missing where only its file knows. */
  scale?: number;
  negative_prompt?: string;
  fields?: Record<string, string>;
}

/** What a request's fields can be chosen from, by the menu's name. */
export type Menus = Record<string, Choice[]>;
