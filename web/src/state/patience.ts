/** Asking again while the server cannot be reached. */

import { Unreachable } from "../api/client";

const RETRY_MS = 1500;

/** What the server answers, however long it is away; what it refuses is thrown. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
