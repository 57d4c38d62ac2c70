/** Fills what hangs together under the pen; with Alt it is emptied. */

import { isEmpty } from "../geometry";
import { flood } from "../flood";
import { fillRect } from "../raster";
import { inked } from "../stroke";
import type { Desk, Tool } from "./tool";

export function fill(desk: Desk): Tool {
  return {
    down: ({ at }, { alt }) => {
      const rect = flood(desk.cover, desk.seen(), at);
      if (isEmpty(rect)) return;
      const change = inked(desk.raster, desk.cover, rect, desk.ink(alt));
      fillRect(desk.cover, rect, [0]);
      desk.commit(change, rect);
    },
    move: () => undefined,
    up: () => undefined,
    cancel: () => undefined,
  };
}
