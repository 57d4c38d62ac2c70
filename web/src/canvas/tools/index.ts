/** The tools there are. What they are called stands with the words of the studio, under the same names. */

import { brush } from "./brush";
import { eraser } from "./eraser";
import { eyedropper } from "./eyedropper";
import { fill } from "./fill";
import { lasso } from "./lasso";
import { pan } from "./pan";
import { rectangle } from "./rectangle";
import type { Desk, Tool } from "./tool";

export interface ToolKind {
  /** The key that takes it up. */
  readonly key: string;
  /** What the pointer looks like over the picture; `"outline"` is that of the brush at its true size. */
  readonly cursor: "outline" | "crosshair" | "grab" | "cell";
  readonly make: (desk: Desk) => Tool;
}

export const TOOLS = {
  brush: { key: "b", cursor: "outline", make: brush },
  eraser: { key: "e", cursor: "outline", make: eraser },
  lasso: { key: "l", cursor: "crosshair", make: lasso },
  rectangle: { key: "m", cursor: "crosshair", make: rectangle },
  fill: { key: "g", cursor: "crosshair", make: fill },
  eyedropper: { key: "i", cursor: "cell", make: eyedropper },
  pan: { key: "h", cursor: "grab", make: pan },
} as const satisfies Record<string, ToolKind>;

export type ToolName = keyof typeof TOOLS;

export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];
