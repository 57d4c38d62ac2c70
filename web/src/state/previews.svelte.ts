/** What running jobs look like, for those that somebody looks at. */

import { Unreachable } from "../api/client";
import { fetchPreview } from "../api/jobs";

export interface Look {
  url: string;
  /** Width by height; the pictures of a batch stand side by side. */
  ratio: number;
}

export class Previews {
  #looks = $state.raw<Readonly<Record<string, Look>>>({});
  readonly #watchers = new Map<string, number>();
  readonly #asking = new Set<string>();

  of(job: string): Look | undefined {
    return this.#looks[job];
  }

  /** Keep a job's preview while it is looked at; call what is returned to stop. */
  watch(job: string): () => void {
    this.#watchers.set(job, (this.#watchers.get(job) ?? 0) + 1);
    return () => {
      const left = (this.#watchers.get(job) ?? 1) - 1;
      if (left > 0) this.#watchers.set(job, left);
      else this.#forget(job);
    };
  }

  /** Look at a job anew; not twice at once. */
  async look(job: string): Promise<void> {
    if (this.#asking.has(job)) return;
    this.#asking.add(job);
    try {
      const blob = await fetchPreview(job);
      if (blob) await this.#show(job, blob);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error; // the next step looks again
    } finally {
      this.#asking.delete(job);
    }
  }

  async #show(job: string, blob: Blob): Promise<void> {
    const url = URL.createObjectURL(blob);
    const image = new Image();
    image.src = url;
    await image.decode(); // so that the frame never blinks
    if (!this.#watchers.has(job)) return URL.revokeObjectURL(url);
    const before = this.#looks[job];
    this.#looks = { ...this.#looks, [job]: { url, ratio: image.naturalWidth / image.naturalHeight } };
    if (before) URL.revokeObjectURL(before.url);
  }

  #forget(job: string): void {
    this.#watchers.delete(job);
    const { [job]: gone, ...others } = this.#looks;
    if (gone) URL.revokeObjectURL(gone.url);
    this.#looks = others;
  }
}
