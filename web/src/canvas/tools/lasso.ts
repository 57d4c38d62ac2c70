import { ShapeTool } from "./shape";
import type { Desk, Tool } from "./tool";

export function lasso(desk: Desk): Tool {
  return new ShapeTool(desk, (trail) => trail);
}
