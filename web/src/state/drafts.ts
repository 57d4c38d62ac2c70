/** The stages' settings and what they begin with; names are those of the server's requests. */

import type { Export } from "../api/pictures";
import type { Hires, Seed, Variation } from "../api/types";
import type { Step } from "../imaging/steps";
import { Draft } from "./draft.svelte";
import type { Storage } from "./storage";

/** What a request has among its options of sampling. */
export interface Sampling {
  deep_cache: number;
  bf16: boolean;
  fp8: boolean;
}

/** What every stage has that paints. */
export interface Painting extends Sampling {
  prompt: string;
  negative_prompt: string;
  styles: string[];
  checkpoint: string;
  vae: string;
  sampler: string;
  schedule: string;
  steps: number;
  guidance_scale: number;
  width: number;
  height: number;
  seed: Seed;
  batch_size: number;
  clip_skip: number;
}

export interface Compose extends Painting {
  tiling: boolean;
  variation: Variation | null;
  hires: Hires | null;
}

export interface Inpaint extends Painting {
  strength: number;
  mask_blur: number;
  invert: boolean;
  content: "fill" | "original" | "latent noise" | "latent nothing";
  area: "whole" | "masked";
  padding: number;
  soft: boolean;
}

export interface Sketch extends Painting {
  strength: number;
  resize_mode: "stretch" | "crop" | "fill" | "latent";
  color_correction: boolean;
}

export interface Upscale {
  upscaler: string;
  sizing: "factor" | "size";
  factor: number;
  width: number;
  height: number;
  crop: boolean;
  second_upscaler: string;
  second_visibility: number;
  tile: number;
  overlap: number;
  faces: "none" | "CodeFormer" | "GFPGAN" | "detail";
  faces_first: boolean;
  visibility: number;
  weight: number;
  detail_prompt: string;
  detail_strength: number;
}

export interface Finish {
  /** The steps of each picture that was worked on, by its id; the latest last. */
  lists: Record<string, Step[]>;
  export: Export;
}

const PAINTING: Painting = {
  prompt: "",
  negative_prompt: "",
  styles: [],
  checkpoint: "",
  vae: "Automatic",
  sampler: "DPM++ 2M",
  schedule: "Automatic",
  steps: 20,
  guidance_scale: 7,
  width: 0,
  height: 0,
  seed: -1,
  batch_size: 4,
  clip_skip: 1,
  deep_cache: 1,
  bf16: false,
  fp8: false,
};

const UPSCALE: Upscale = {
  upscaler: "R-ESRGAN 4x+",
  sizing: "factor",
  factor: 4,
  width: 0,
  height: 0,
  crop: false,
  second_upscaler: "None",
  second_visibility: 0,
  tile: 192,
  overlap: 32,
  faces: "none",
  faces_first: false,
  visibility: 0.5,
  weight: 0.5,
  detail_prompt: "",
  detail_strength: 0.4,
};

/** The settings of a request as a draft has them. */
export function settingsOf(request: object): object {
  const { sampling = {} } = request as { sampling?: Partial<Sampling> };
  return { ...request, ...sampling };
}

/** The drafts of all stages. */
export interface Drafts {
  compose: Draft<Compose>;
  inpaint: Draft<Inpaint>;
  sketch: Draft<Sketch>;
  upscale: Draft<Upscale>;
  finish: Draft<Finish>;
}

/** Open the drafts as one storage has them, and keep them in another. */
export function openDrafts(from: Storage, storage: Storage): Drafts {
  const open = <T extends object>(key: string, defaults: T): Draft<T> => new Draft(storage, key, defaults, from);
  return {
    compose: open<Compose>("compose", { ...PAINTING, tiling: false, variation: null, hires: null }),
    inpaint: open<Inpaint>("inpaint", {
      ...PAINTING, strength: 0.75, mask_blur: 4, invert: false, content: "original", area: "whole", padding: 32, soft: false,
    }),
    sketch: open<Sketch>("sketch", {
      ...PAINTING, schedule: "Karras", guidance_scale: 11, strength: 0.75, resize_mode: "stretch", color_correction: false,
    }),
    upscale: open<Upscale>("upscale", UPSCALE),
    finish: open<Finish>("finish", { lists: {}, export: { format: "png", quality: 90, metadata: true } }),
  };
}
