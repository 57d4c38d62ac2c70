/** A canvas that shows sheets over each other, and draws anew what has changed, once for each frame of the screen. */

import type { Attachment } from "svelte/attachments";
import { drawSheets, type Sheet } from "../../canvas/compose";
import { NOWHERE, union, type Rect } from "../../canvas/geometry";
import type { Drawing } from "../../state/drawing.svelte";

/** Asked for whenever something is drawn; what it reads of the page's state makes the canvas draw anew. */
export type Sheets = () => readonly Sheet[];

export function surface(drawing: Drawing, sheets: Sheets): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    const context = canvas.getContext("2d");
    if (!context) return;
    let dirty: Rect | undefined;
    let frame = 0;

    const paint = (): void => {
      frame = 0;
      const { view, size } = drawing;
      const ratio = canvas.width / Math.max(1, drawing.frame.width);
      const onCanvas = { scale: view.scale * ratio, x: view.x * ratio, y: view.y * ratio };
      drawSheets(context, sheets(), size, onCanvas, dirty);
      dirty = NOWHERE;
    };

    const ask = (rect: Rect | undefined): void => {
      dirty = rect && dirty ? union(dirty, rect) : undefined;
      frame ||= requestAnimationFrame(paint);
    };

    $effect(() => {
      const { width, height } = drawing.frame;
      canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
      canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
      ask(undefined);
    });

    $effect(() => {
      void drawing.view;
      sheets();
      ask(undefined);
    });

    const stop = drawing.follow((rect) => ask(rect));
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  };
}
