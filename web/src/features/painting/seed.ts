/** Seeds as text: whole numbers up to 2^64 - 1, and -1 for one at random. */

import type { Seed } from "../../api/types";

const LARGEST = 2n ** 64n - 1n;

export const RANDOM = -1;

/** The seed that a text says; `undefined` where there is none. */
export function readSeed(text: string): Seed | undefined {
  const plain = text.trim();
  if (plain === "" || plain === "-1") return RANDOM;
  if (!/^\d{1,20}$/.test(plain)) return undefined;
  const seed = BigInt(plain);
  return seed > LARGEST ? undefined : narrowed(seed);
}

/** The seed of a batch's picture: they count up from the first, and begin anew at 2^64. */
export function seedOf(first: Seed, place: number): Seed {
  if (first === RANDOM || first === -1n) return RANDOM;
  return narrowed((BigInt(first) + BigInt(place)) % (LARGEST + 1n));
}

function narrowed(seed: bigint): Seed {
  return seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed;
}
