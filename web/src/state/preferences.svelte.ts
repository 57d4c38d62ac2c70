/** How the artist likes the page. */

import { Draft } from "./draft.svelte";
import type { Storage } from "./storage";

export interface Preferences {
  theme: "dark" | "light";
  surround: "theme" | "grey";
  inspector: boolean;
  filmstrip: boolean;
  panels: boolean;
  /** Sections of the panels that are folded, by name. */
  folded: string[];
  maskColor: string;
  maskOpacity: number;
}

const DEFAULTS: Preferences = {
  theme: "dark",
  surround: "theme",
  inspector: true,
  filmstrip: true,
  panels: true,
  folded: ["advanced", "hires", "variation"],
  maskColor: "#e03030",
  maskOpacity: 0.5,
};

export function openPreferences(storage: Storage): Draft<Preferences> {
  return new Draft(storage, "preferences", DEFAULTS);
}
