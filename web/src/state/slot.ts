/**
 * Which draft this tab works on.
 *
 * Each open tab holds the lock of one slot, so that two tabs never write the same draft. A tab that is reloaded finds its
 * slot free again; a second tab begins with a copy of the first one's draft.
 */

const MOST = 32;

/** Take the first free slot, from 1; it is held as long as the tab lives. */
export async function takeSlot(locks: LockManager | undefined): Promise<number> {
  if (!locks) return 1;
  for (let slot = 1; slot <= MOST; slot += 1) {
    if (await hold(locks, `velatura-draft-${slot}`)) return slot;
  }
  return MOST;
}

function hold(locks: LockManager, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    void locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise<never>(() => undefined) : undefined; // held until the tab is closed
    });
  });
}
