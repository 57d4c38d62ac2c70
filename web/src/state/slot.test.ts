import { describe, expect, it } from "vitest";
import { takeSlot } from "./slot";

function lockManager(): LockManager {
  const held = new Set<string>();
  const request = (name: string, _options: object, run: (lock: Lock | null) => unknown): Promise<unknown> => {
    const isFree = !held.has(name);
    held.add(name);
    return Promise.resolve(run(isFree ? ({ name } as Lock) : null));
  };
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

describe("takeSlot", () => {
  it("gives each open tab a slot of its own", async () => {
    const locks = lockManager();
    expect([await takeSlot(locks), await takeSlot(locks), await takeSlot(locks)]).toEqual([1, 2, 3]);
  });

  it("works in a browser without locks", async () => {
    expect(await takeSlot(undefined)).toBe(1);
  });
});
