/** How the picture in hand will look: what the worker last made of it. Pixels stay out of reactive state. */

import { Unreachable } from "../api/client";
import type { Adjustment } from "../imaging/adjustment";
import type { FoundLevels } from "../imaging/auto_levels";
import { startImaging, type ImagingBridge } from "../imaging/bridge";
import type { Histogram } from "../imaging/histogram";
import type { Pixels, Size } from "../imaging/pixels";

/** So long nothing changes before the whole picture is counted. */
const REST_MS = 300;

/** What takes longer to show does not follow a hand thirty times a second. */
const FOLLOW_MS = 28;
const SETTLE_MS = 120;

/** So often the tones are shown anew while the picture follows a hand: to draw them takes longer than the picture itself. */
const TONES_MS = 100;

/** So long to wait before the server is asked again for the picture's file. */
const RETRY_MS = 1500;

export class Proof {
  /** Counts up whenever there is something new to draw. */
  revision = $state(0);
  /** Of the whole picture, before anything is done to it. */
  size = $state.raw<Size | undefined>();
  histogram = $state.raw<Histogram | undefined>();
  /** Of the picture before the step that is worked on. */
  inputHistogram = $state.raw<Histogram | undefined>();
  /** Whether what is drawn is not what was asked for last yet. */
  isBehind = $state(false);
  /** Why the picture cannot be shown as it is asked for. */
  problem = $state("");
  /** What is drawn, and the same without its tones and colours changed. */
  shown: Pixels | undefined;
  before: Pixels | undefined;
  readonly #bridge: ImagingBridge;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #isSlow = false;
  #asked = 0;
  #opened = 0;
  #isOpening = false;
  #tonesShown = -Infinity;
  #isClosed = false;

  constructor(bridge: ImagingBridge = startImaging()) {
    this.#bridge = bridge;
  }

  /** Open a picture; `fetch` brings its file. */
  async open(fetch: () => Promise<Blob | undefined>): Promise<void> {
    const turn = ++this.#opened;
    this.#isOpening = this.isBehind = true;
    try {
      const file = await this.#keepAsking(fetch);
      if (!file || this.#isClosed) return;
      const size = await this.#bridge.ask({ kind: "open", file });
      if (turn !== this.#opened) return; // another one is opened by now
      this.#isOpening = false;
      this.size = size;
      this.problem = "";
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Show the picture after the adjustments, within a frame of so many pixels of the screen. Where that takes too long to follow a
   * hand, half as many each way are shown while it moves, and all of them once it rests.
   */
  show(adjustments: readonly Adjustment[], frame: Size): void {
    clearTimeout(this.#settling);
    this.isBehind = true;
    this.#asked += 1;
    if (!this.#isSlow) {
      void this.#show(adjustments, frame, true);
      return;
    }
    this.#settling = setTimeout(() => void this.#show(adjustments, frame, true), SETTLE_MS);
    void this.#show(adjustments, { width: frame.width / 2, height: frame.height / 2 }, false);
  }

  async #show(adjustments: readonly Adjustment[], frame: Size, isWhole: boolean): Promise<void> {
    const asked = this.#asked;
    try {
      const { pixels, histogram, milliseconds, isFirst } = await this.#bridge.ask({ kind: "preview", adjustments, frame });
      if (this.#isOpening) return; // of the picture before
      if (isWhole && !isFirst) this.#isSlow = milliseconds > FOLLOW_MS;
      this.shown = pixels;
      this.#showTones(histogram);
      this.problem = "";
      this.revision += 1;
      if (isWhole && asked === this.#asked) this.isBehind = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The last tones of a drag may be left out: they are counted again once it rests. */
  #showTones(histogram: Histogram): void {
    const now = performance.now();
    if (now < this.#tonesShown + TONES_MS) return;
    this.#tonesShown = now;
    this.histogram = histogram;
  }

  /** Fetch what to compare with, in the same frame. */
  async showBefore(adjustments: readonly Adjustment[], frame: Size): Promise<void> {
    try {
      this.before = (await this.#bridge.ask({ kind: "before", adjustments, frame })).pixels;
      this.revision += 1;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Count the whole result, and the picture before the step that is worked on, once nothing has changed for a moment. */
  countAtRest(result: readonly Adjustment[], before: readonly Adjustment[]): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#bridge.ask({ kind: "count", lists: [result, before] }).then(
        ([whole, input]) => {
          this.histogram = whole;
          this.inputHistogram = input;
        },
        (error: unknown) => this.#fail(error),
      );
    }, REST_MS);
  }

  /** The levels that stretch the whole picture as it is after the adjustments. */
  findLevels(adjustments: readonly Adjustment[]): Promise<FoundLevels[]> {
    return this.#bridge.ask({ kind: "findLevels", adjustments });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#rest);
    clearTimeout(this.#settling);
    this.#bridge.close();
  }

  async #keepAsking(fetch: () => Promise<Blob | undefined>): Promise<Blob | undefined> {
    while (!this.#isClosed) {
      try {
        return await fetch();
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return undefined;
  }

  #fail(error: unknown): void {
    if (error instanceof DOMException && error.name === "AbortError") return; // a newer question took its place
    this.#isOpening = this.isBehind = false;
    this.problem = error instanceof Error ? error.message : String(error);
  }
}
