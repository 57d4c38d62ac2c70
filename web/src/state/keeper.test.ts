import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Keeper } from "./keeper";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("what changes often is kept once", async () => {
  const keep = vi.fn(async () => undefined);
  const keeper = new Keeper(keep);
  for (let times = 0; times < 5; times++) keeper.touch();
  await vi.advanceTimersByTimeAsync(1000);
  expect(keep).toHaveBeenCalledOnce();
});

it("what changes while it is kept is kept again afterwards, not at the same time", async () => {
  const ends: (() => void)[] = [];
  const keep = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
  const keeper = new Keeper(keep);
  keeper.touch();
  await vi.advanceTimersByTimeAsync(1000);
  keeper.touch();
  await vi.advanceTimersByTimeAsync(1000);
  expect(keep).toHaveBeenCalledTimes(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(keep).toHaveBeenCalledTimes(2);
});
