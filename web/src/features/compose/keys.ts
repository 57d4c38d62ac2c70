/** The keys of the contact sheet. */

import type { Bindings } from "../../state/keys.svelte";
import { words } from "../../words/en";
import { neighbour, type Way } from "./neighbour";
import type { Sheet } from "./sheet.svelte";

interface Acts {
  more: () => void;
}

export function bindingsOf(sheet: Sheet, acts: Acts): Bindings {
  const { keys } = words.compose;
  const rating = ([0, 1, 2, 3, 4, 5] as const).map((stars) => [String(stars), { label: keys.rate(stars), run: () => sheet.mark({ rating: stars }) }] as const);
  return {
    ...Object.fromEntries(rating),
    p: { label: keys.pick, run: () => sheet.flag("pick") },
    x: { label: keys.reject, run: () => sheet.flag("reject") },
    c: { label: keys.compare, run: () => sheet.compare() },
    z: { label: keys.zoom, run: () => sheet.magnify() },
    v: { label: keys.more, run: acts.more },
    Delete: { label: keys.trash, run: () => void sheet.trash() },
    Enter: { label: keys.send, run: () => sheet.current && sheet.send(sheet.current, "inpaint") },
    ArrowLeft: { label: keys.left, run: () => go(sheet, "left") },
    ArrowRight: { label: keys.right, run: () => go(sheet, "right") },
    ArrowUp: { label: keys.up, run: () => go(sheet, "up") },
    ArrowDown: { label: keys.down, run: () => go(sheet, "down") },
  };
}

/** Look at the picture next to the one that is looked at, where it stands on the page. */
function go(sheet: Sheet, way: Way): void {
  const frames = [...document.querySelectorAll<HTMLElement>("[data-picture]")];
  const at = frames.findIndex((frame) => frame.dataset.picture === sheet.current?.picture.id);
  const to = at < 0 ? frames[0] : frames[neighbour(frames.map((frame) => frame.getBoundingClientRect()), at, way)];
  if (!to?.dataset.picture) return;
  sheet.look(to.dataset.picture);
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}
