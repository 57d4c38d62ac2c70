/**
 * From pointers to tools: pen, mouse and fingers over a drawing.
 *
 * One pointer draws; two fingers pan and zoom; the wheel zooms where the pointer is. Once a pen has been seen, fingers only move the
 * picture, so that a hand may rest on the screen.
 */

import type { Attachment } from "svelte/attachments";
import { screenPoint, toImage, type ScreenPoint } from "../../canvas/geometry";
import { pinched } from "../../canvas/view";
import type { Contact } from "../../canvas/tools/tool";
import type { ToolName } from "../../canvas/tools";
import type { Drawing } from "../../state/drawing.svelte";

const WHEEL = 0.0016;
/** Trackpads tell a pinch as a wheel with Ctrl, in smaller numbers. */
const PINCH = 0.01;
const LINE_PX = 16;
const MIDDLE = 1;
/** The other end of a pen. */
const ERASER_BIT = 32;

export function hand(drawing: Drawing): Attachment<HTMLElement> {
  return (element) => {
    const at = new Hand(drawing, element);
    const listeners: [string, (event: never) => void][] = [
      ["pointerdown", at.down], ["pointermove", at.move], ["pointerup", at.up], ["pointercancel", at.cancel],
      ["lostpointercapture", at.cancel], ["pointerleave", at.leave], ["wheel", at.wheel], ["contextmenu", at.keepMenuAway],
    ];
    for (const [name, listener] of listeners) element.addEventListener(name, listener as EventListener, { passive: false });
    return () => {
      for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
      drawing.easel.cancel();
    };
  };
}

class Hand {
  readonly #drawing: Drawing;
  readonly #element: HTMLElement;
  /** The fingers on the screen, in the order in which they came. */
  readonly #fingers = new Map<number, ScreenPoint>();
  /** The pointer that draws. */
  #drawer: number | undefined;
  #hasPen = false;

  constructor(drawing: Drawing, element: HTMLElement) {
    this.#drawing = drawing;
    this.#element = element;
  }

  down = (event: PointerEvent): void => {
    if (event.button > MIDDLE && event.pointerType === "mouse") return;
    event.preventDefault();
    this.#element.focus({ preventScroll: true });
    this.#element.setPointerCapture(event.pointerId);
    this.#hasPen ||= event.pointerType === "pen";
    if (event.pointerType === "touch") {
      this.#fingers.set(event.pointerId, this.#place(event));
      if (this.#fingers.size > 1) return this.#stopDrawing();
    }
    if (this.#drawer !== undefined) return;
    this.#drawer = event.pointerId;
    this.#drawing.prepare();
    this.#drawing.easel.down(this.#toolFor(event), this.#contact(event), { shift: event.shiftKey, alt: event.altKey });
  };

  move = (event: PointerEvent): void => {
    this.#drawing.pointer = event.pointerType === "touch" ? undefined : this.#place(event);
    if (this.#fingers.has(event.pointerId) && this.#fingers.size > 1) return this.#pinch(event);
    if (event.pointerId !== this.#drawer) return;
    const events = event.getCoalescedEvents();
    this.#drawing.easel.move((events.length ? events : [event]).map((each) => this.#contact(each)));
  };

  up = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    if (event.pointerId !== this.#drawer) return;
    this.#drawer = undefined;
    this.#drawing.easel.up();
  };

  cancel = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    if (event.pointerId === this.#drawer) this.#stopDrawing();
  };

  leave = (): void => {
    this.#drawing.pointer = undefined;
  };

  wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? PINCH : WHEEL));
    this.#drawing.zoom(factor, this.#place(event));
  };

  keepMenuAway = (event: Event): void => event.preventDefault();

  #toolFor(event: PointerEvent): ToolName {
    const onlyMoves = this.#hasPen && event.pointerType === "touch";
    if (event.button === MIDDLE || onlyMoves) return "pan";
    return event.buttons & ERASER_BIT ? "eraser" : this.#drawing.tool;
  }

  #stopDrawing(): void {
    this.#drawer = undefined;
    this.#drawing.easel.cancel();
  }

  #pinch(event: PointerEvent): void {
    const [a, b] = [...this.#fingers.keys()];
    const before = this.#pair(a, b);
    this.#fingers.set(event.pointerId, this.#place(event));
    const after = this.#pair(a, b);
    if (before && after) this.#drawing.look(pinched(this.#drawing.view, before, after));
  }

  #pair(a: number | undefined, b: number | undefined): [ScreenPoint, ScreenPoint] | undefined {
    const [first, second] = [this.#fingers.get(a ?? -1), this.#fingers.get(b ?? -1)];
    return first && second && [first, second];
  }

  #place(event: MouseEvent): ScreenPoint {
    const { left, top } = this.#element.getBoundingClientRect();
    return screenPoint(event.clientX - left, event.clientY - top);
  }

  #contact(event: PointerEvent): Contact {
    const on = this.#place(event);
    // a mouse says 0.5 whatever is done to it
    const pressure = event.pointerType === "pen" ? event.pressure : 1;
    return { on, at: toImage(on, this.#drawing.view), pressure };
  }
}
