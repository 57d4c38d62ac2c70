/** Moves the picture on the screen. */

import type { ScreenPoint } from "../geometry";
import type { Desk, Tool } from "./tool";

export function pan(desk: Desk): Tool {
  let last: ScreenPoint | undefined;
  const stop = (): void => {
    last = undefined;
  };
  return {
    down: ({ on }) => {
      last = on;
    },
    move: (contacts) => {
      const now = contacts.at(-1)?.on;
      if (!last || !now) return;
      desk.pan(now.x - last.x, now.y - last.y);
      last = now;
    },
    up: stop,
    cancel: stop,
  };
}
