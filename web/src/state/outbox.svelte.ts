/**
 * What is to be sent to the server, kept until it has answered.
 *
 * A request gets its idempotency key before it is sent and stays in storage until the server has acknowledged or refused it; so neither a
 * lost line nor a closed page loses it, and sending it twice makes one job. Marks of pictures (ratings, flags) wait in the same way.
 */

import { drawId } from "../api/ids";
import { Unreachable } from "../api/client";
import type { Storage } from "./storage";

/** A parcel's kind, and what its delivery answers. */
export interface Carriers {
  [kind: string]: (parcel: never) => Promise<unknown>;
}

export interface Parcel {
  id: string;
  kind: string;
  content: unknown;
}

/** Told of what nobody may be waiting for any more. */
export interface Listener {
  /** A refusal of what an earlier page left behind. */
  onrefused: (error: unknown) => void;
  /** A parcel was answered, one way or the other, and is no longer kept. */
  onanswered: (parcel: Parcel) => void;
}

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

const KEY = "outbox";
const RETRY_MS = 1500;

export class Outbox<C extends Carriers> {
  /** Parcels that are not delivered yet, the oldest first. */
  parcels = $state.raw<readonly Parcel[]>([]);
  readonly #storage: Storage;
  readonly #carriers: C;
  readonly #listener: Listener;
  readonly #waiting = new Map<string, Waiting>();
  #isBusy = false;

  constructor(storage: Storage, carriers: C, listener: Listener) {
    this.#storage = storage;
    this.#carriers = carriers;
    this.#listener = listener;
    const kept = storage.read(KEY);
    this.parcels = Array.isArray(kept) ? (kept as Parcel[]).filter((each) => each.kind in carriers) : [];
  }

  /** Send something; answers when it has arrived, however long that takes. */
  send<K extends keyof C & string>(kind: K, content: Parameters<C[K]>[0]): Promise<Awaited<ReturnType<C[K]>>> {
    const parcel: Parcel = { id: drawId(), kind, content };
    this.#keep([...this.parcels, parcel]);
    const delivered = new Promise((resolve, reject) => this.#waiting.set(parcel.id, { resolve, reject }));
    void this.deliver();
    return delivered as Promise<Awaited<ReturnType<C[K]>>>;
  }

  /** Deliver what waits, in order; tries again while the server cannot be reached. */
  async deliver(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let parcel = this.parcels[0]; parcel; parcel = this.parcels[0]) {
        if (!(await this.#carry(parcel))) {
          setTimeout(() => void this.deliver(), RETRY_MS);
          return;
        }
      }
    } finally {
      this.#isBusy = false;
    }
  }

  /** Whether the parcel has been answered, one way or the other. */
  async #carry(parcel: Parcel): Promise<boolean> {
    const waiting = this.#waiting.get(parcel.id);
    try {
      const answer = await this.#carriers[parcel.kind]?.(parcel.content as never);
      this.#done(parcel);
      waiting?.resolve(answer);
    } catch (error) {
      if (error instanceof Unreachable) return false;
      this.#done(parcel);
      if (waiting) waiting.reject(error);
      else this.#listener.onrefused(error);
    }
    return true;
  }

  #done(parcel: Parcel): void {
    this.#waiting.delete(parcel.id);
    this.#keep(this.parcels.filter((each) => each.id !== parcel.id));
    this.#listener.onanswered(parcel);
  }

  #keep(parcels: readonly Parcel[]): void {
    this.parcels = parcels;
    this.#storage.write(KEY, parcels);
  }
}
