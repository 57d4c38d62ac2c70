/** The eraser is a brush that takes away. */

import { StrokeTool } from "./brush";
import type { Desk, Tool } from "./tool";

export function eraser(desk: Desk): Tool {
  return new StrokeTool(desk, true);
}
