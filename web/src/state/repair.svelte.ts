/** The inpainting of a picture: its mask, what is painted of it, the result that is looked at. */

import { ApiError } from "../api/client";
import { fetchBitmap, fetchPicture } from "../api/pictures";
import type { JobPicture } from "../api/types";
import { NOWHERE, type Rect } from "../canvas/geometry";
import { Layer } from "../canvas/layer";
import { pack, unpack, type Packed } from "../canvas/pack";
import { decodePicture } from "../canvas/png";
import { createRaster, type Raster } from "../canvas/raster";
import { maskedRegion, widened } from "../canvas/region";
import { seamRing } from "../canvas/seam";
import type { ToolName } from "../canvas/tools";
import type { Draft } from "./draft.svelte";
import { Drawing, type Pen } from "./drawing.svelte";
import type { Inpaint } from "./drafts";
import { Keeper } from "./keeper";
import type { Vault } from "./vault";
import type { InHand } from "./work.svelte";

export const MASK_TOOLS: readonly ToolName[] = ["brush", "eraser", "lasso", "rectangle", "fill", "pan"];

/** A result, laid over the original. */
export interface Shown {
  readonly picture: JobPicture;
  readonly image: ImageBitmap;
  /** Where it meets the original. */
  readonly ring: Layer;
}

export class Repair {
  state = $state<"empty" | "loading" | "ready" | "gone">("empty");
  picture = $state.raw<InHand | undefined>();
  image = $state.raw<ImageBitmap | undefined>();
  drawing = $state.raw<Drawing | undefined>();
  shown = $state.raw<Shown | undefined>();
  readonly #vault: Vault;
  readonly #prefix: string;
  readonly pen: Draft<Pen>;
  readonly #keeper = new Keeper(() => this.#keep());

  /** @param prefix Before the keys of all masks. */
  constructor(vault: Vault, prefix: string, pen: Draft<Pen>) {
    this.#vault = vault;
    this.#prefix = prefix;
    this.pen = pen;
  }

  get mask(): Raster | undefined {
    return this.drawing?.easel.raster;
  }

  /** Open a picture with the mask that was kept for it; rejects where the server cannot be reached. */
  async open(picture: InHand | undefined): Promise<void> {
    if (picture?.id === this.picture?.id && this.state !== "gone") return;
    await this.#keeper.flush();
    this.shown = undefined;
    this.drawing = undefined;
    this.image = undefined;
    this.picture = picture;
    this.state = picture ? "loading" : "empty";
    if (picture) await this.#load(picture);
  }

  /** Look at a result. */
  async show(picture: JobPicture, blur: number): Promise<void> {
    const [image, mask] = [await this.#fetch(picture.id, "library"), this.mask];
    if (!image || !mask) return;
    this.shown = { picture, image, ring: new Layer(seamRing(mask, Math.round(2 * blur))) };
  }

  hide(): void {
    this.shown = undefined;
  }

  /** What "only masked" paints; empty where nothing is masked. */
  region(settings: Inpaint): Rect {
    if (!this.mask || !this.drawing || settings.area !== "masked" || this.drawing.revision < 0) return NOWHERE;
    const { mask_blur: blur, invert, padding, width, height } = settings;
    const region = maskedRegion(this.mask, { blur, invert, padding });
    return region.width && width && height ? widened(region, { width, height }, this.mask) : region;
  }

  /** Keep what is not kept yet. */
  flush(): Promise<void> {
    return this.#keeper.flush();
  }

  async #load(picture: InHand): Promise<void> {
    try {
      const [image, kept] = await Promise.all([this.#fetch(picture.id, picture.from), this.#keptMask(picture)]);
      if (this.picture !== picture) return; // another one was opened meanwhile
      this.image = image;
      this.drawing = new Drawing([new Layer(kept ?? createRaster(image ?? picture, 1))], this.pen, MASK_TOOLS);
      this.drawing.follow(() => this.hide());
      this.drawing.onchange = () => this.#keeper.touch();
      this.state = image ? "ready" : "gone";
    } catch (error) {
      if (this.picture === picture) [this.picture, this.state] = [undefined, "empty"];
      throw error;
    }
  }

  /** A picture's pixels; nothing where it is gone. */
  async #fetch(id: string, from: InHand["from"]): Promise<ImageBitmap | undefined> {
    try {
      const file = await (from === "library" ? fetchPicture(id) : fetchBitmap(id));
      return file && (await decodePicture(file));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #keptMask({ id, width, height }: InHand): Promise<Raster | undefined> {
    const kept = (await this.#vault.read(this.#prefix + id)) as Packed | undefined;
    if (kept?.width !== width || kept.height !== height) return undefined;
    return unpack(kept);
  }

  async #keep(): Promise<void> {
    if (this.mask && this.picture) await this.#vault.write(this.#prefix + this.picture.id, await pack(this.mask));
  }
}
