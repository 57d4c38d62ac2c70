/** `/api/styles`: prompts kept under a name. */

import { call } from "./client";
import type { Style } from "./types";

/** Keep a style; one of the same name gives way. */
export function saveStyle(style: Style): Promise<Style[]> {
  return call("/api/styles", { method: "POST", json: style });
}

export function dropStyle(name: string): Promise<Style[]> {
  return call("/api/styles/drop", { method: "POST", json: { name } });
}
