/** Takes a colour up from what is seen. */

import { pixelAt, type Raster } from "../raster";
import type { Contact, Desk, Tool } from "./tool";

export function eyedropper(desk: Desk): Tool {
  let seen: Raster | undefined;
  const take = ({ at }: Contact): void => {
    if (!seen) return;
    const [red, green, blue, opacity = 0] = pixelAt(seen, at.x, at.y) ?? [];
    if (red !== undefined && green !== undefined && blue !== undefined && opacity > 0) desk.pick([red, green, blue]);
  };
  const stop = (): void => {
    seen = undefined;
  };
  return {
    down: (contact) => {
      seen = desk.seen();
      take(contact);
    },
    move: (contacts) => contacts.slice(-1).forEach(take),
    up: stop,
    cancel: stop,
  };
}
