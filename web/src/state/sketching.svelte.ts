/** The sketch that is drawn: a backdrop and what is drawn over it; survives a reload. */

import { fetchPicture } from "../api/pictures";
import type { JobPicture } from "../api/types";
import { flattened } from "../canvas/compose";
import { whole, type Size } from "../canvas/geometry";
import { Layer } from "../canvas/layer";
import { pack, unpack, type Packed } from "../canvas/pack";
import { decodePicture, rasterOf } from "../canvas/png";
import { createRaster, fillRect, writeRect, type Color, type Raster } from "../canvas/raster";
import { changed } from "../canvas/stroke";
import type { ToolName } from "../canvas/tools";
import type { Draft } from "./draft.svelte";
import { Drawing, type Pen } from "./drawing.svelte";
import { Keeper } from "./keeper";
import type { Vault } from "./vault";

export const SKETCH_TOOLS: readonly ToolName[] = ["brush", "eraser", "lasso", "rectangle", "fill", "eyedropper", "pan"];
export const LARGEST_SIDE = 4096;
const BLANK: Size = { width: 512, height: 512 };
const WHITE: Color = [255, 255, 255];
/** How much of a result shines through while it is drawn over. */
const SHINE = 0.35;

interface KeptLayer {
  readonly raster: Packed;
  readonly isVisible: boolean;
  readonly opacity: number;
}

export class Sketching {
  drawing = $state.raw<Drawing | undefined>();
  /** A result that is laid over the sketch. */
  shown = $state.raw<{ readonly picture: JobPicture; readonly image: ImageBitmap } | undefined>();
  /** How much of it is seen: 1 hides the sketch. */
  onion = $state(1);
  readonly pen: Draft<Pen>;
  readonly #vault: Vault;
  readonly #key: string;
  readonly #keeper = new Keeper(() => this.#keep());

  /** @param key What the sketch is kept under. */
  constructor(vault: Vault, key: string, pen: Draft<Pen>) {
    this.#vault = vault;
    this.#key = key;
    this.pen = pen;
  }

  /** The sketch that was kept, or a blank canvas; rejects where what was kept is damaged, with a blank canvas in its place. */
  async open(): Promise<void> {
    if (this.drawing) return;
    try {
      const kept = (await this.#vault.read(this.#key)) as readonly KeptLayer[] | undefined;
      if (kept) this.#put(await Promise.all(kept.map(unpackLayer)));
    } finally {
      if (!this.drawing) this.begin(BLANK, WHITE);
    }
  }

  /** Begin with an empty canvas. Answers how to have the old one back. */
  begin(size: Size, color: Color): () => void {
    const backdrop = createRaster(size, 4);
    fillRect(backdrop, whole(size), [...color, 255]);
    return this.#replace(backdrop);
  }

  /** Begin with a picture file. Answers how to have the old canvas back. */
  async beginWith(file: Blob): Promise<() => void> {
    const picture = await decodePicture(file);
    const scale = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
    return this.#replace(rasterOf(picture, { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) }));
  }

  /** Lay a result over the sketch. */
  async show(picture: JobPicture): Promise<void> {
    const file = await fetchPicture(picture.id);
    if (!file) return;
    this.shown = { picture, image: await decodePicture(file) };
    this.onion = 1;
  }

  hide(): void {
    this.shown = undefined;
  }

  /** Make the result that is looked at the backdrop, and empty the sketch: undo brings both back. */
  use(): void {
    const { drawing, shown } = this;
    if (!drawing || !shown) return;
    const [backdrop] = drawing.easel.layers;
    const area = whole(drawing.size);
    const pixels = rasterOf(shown.image, drawing.size);
    drawing.easel.applyTo(drawing.easel.layers, (raster) =>
      changed(raster, area, () => (raster === backdrop?.raster ? writeRect(raster, area, pixels.data) : raster.data.fill(0))),
    );
    this.hide();
  }

  /** All that is seen, as one raster. */
  flattened(): Raster | undefined {
    const { easel } = this.drawing ?? {};
    return easel && flattened(easel.layers.filter((layer) => layer.isVisible), easel.size);
  }

  /** Keep what is not kept yet. */
  flush(): Promise<void> {
    return this.#keeper.flush();
  }

  #replace(backdrop: Raster): () => void {
    const before = this.drawing;
    this.#put([new Layer(backdrop), new Layer(createRaster(backdrop, 4))]);
    this.#keeper.touch();
    return () => {
      this.hide();
      this.drawing = before;
      this.#keeper.touch();
    };
  }

  #put(layers: readonly Layer[]): void {
    const [backdrop, ...others] = layers;
    if (!backdrop) return;
    this.hide();
    const drawing = new Drawing([backdrop, ...others], this.pen, SKETCH_TOOLS);
    drawing.follow(() => {
      if (this.onion > SHINE) this.onion = SHINE; // what is drawn has to be seen
    });
    drawing.onchange = () => this.#keeper.touch();
    this.drawing = drawing;
  }

  async #keep(): Promise<void> {
    const layers = this.drawing?.easel.layers ?? [];
    const kept = await Promise.all(layers.map(async ({ raster, isVisible, opacity }): Promise<KeptLayer> => ({ raster: await pack(raster), isVisible, opacity })));
    await this.#vault.write(this.#key, kept);
  }
}

async function unpackLayer({ raster, isVisible, opacity }: KeptLayer): Promise<Layer> {
  const layer = new Layer(await unpack(raster));
  layer.isVisible = isVisible;
  layer.opacity = opacity;
  return layer;
}
