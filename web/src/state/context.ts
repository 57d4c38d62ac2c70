/** How components come by the studio. */

import { createContext } from "svelte";
import type { Studio } from "./studio.svelte";

export const [getStudio, setStudio] = createContext<Studio>();
