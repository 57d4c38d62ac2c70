/** The keys of a drawing. */

import { TOOLS } from "../../canvas/tools";
import type { Drawing } from "../../state/drawing.svelte";
import type { Bindings } from "../../state/keys.svelte";
import { words } from "../../words/en";

const { keys, tools } = words.drawing;

export function drawingKeys(drawing: Drawing): Bindings {
  return { ...toolKeys(drawing), ...brushKeys(drawing), ...lookKeys(drawing), ...undoKeys(drawing) };
}

function toolKeys(drawing: Drawing): Bindings {
  return Object.fromEntries(drawing.tools.map((tool) => [TOOLS[tool].key, { label: tools[tool], run: () => drawing.take(tool) }]));
}

function brushKeys(drawing: Drawing): Bindings {
  const opacity = (digit: number): [string, Bindings[string]] => [
    String(digit), { label: keys.opacity(digit === 0 ? 100 : digit * 10), run: () => (drawing.pen.value.opacity = digit === 0 ? 1 : digit / 10) },
  ];
  return {
    "[": { label: keys.smaller, run: () => drawing.resizeBrush(-1) },
    "]": { label: keys.larger, run: () => drawing.resizeBrush(1) },
    "Shift+[": { label: keys.softer, run: () => drawing.hardenBrush(-1) },
    "Shift+]": { label: keys.harder, run: () => drawing.hardenBrush(1) },
    ...Object.fromEntries(Array.from({ length: 10 }, (_, digit) => opacity(digit))),
    ...(!drawing.isMask && { x: { label: keys.swap, run: () => drawing.swapColors() } }),
    ...(!drawing.isMask && { "Alt+Alt": hold(drawing, "eyedropper", keys.pick) }),
  };
}

function lookKeys(drawing: Drawing): Bindings {
  return {
    Space: hold(drawing, "pan", keys.pan),
    z: { label: keys.zoom, run: () => drawing.toggleZoom() },
    f: { label: words.drawing.fit, run: () => drawing.fit() },
    "+": { label: words.drawing.zoomIn, run: () => drawing.zoom(1.25, drawing.pointer) },
    "=": { label: words.drawing.zoomIn, run: () => drawing.zoom(1.25, drawing.pointer) },
    "-": { label: words.drawing.zoomOut, run: () => drawing.zoom(1 / 1.25, drawing.pointer) },
  };
}

function undoKeys(drawing: Drawing): Bindings {
  return {
    "Ctrl+z": { label: words.common.undo, run: () => drawing.undo() },
    "Ctrl+Shift+z": { label: words.common.redo, run: () => drawing.redo() },
    "Ctrl+y": { label: words.common.redo, run: () => drawing.redo() },
    Escape: { label: keys.cancel, run: () => drawing.easel.cancel() },
  };
}

/** A tool as long as a key is held. */
function hold(drawing: Drawing, tool: "pan" | "eyedropper", label: string): Bindings[string] {
  return { label, run: () => (drawing.held = tool), end: () => (drawing.held = undefined) };
}
