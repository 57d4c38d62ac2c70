/** The views, each loaded when it is first opened. */

import type { Component } from "svelte";
import type { View } from "../state/route.svelte";

type Loader = () => Promise<{ default: Component }>;

export const VIEWS: Record<View, Loader> = {
  welcome: () => import("./welcome/Welcome.svelte"),
  prompt: () => import("./prompt/PromptView.svelte"),
  model: () => import("./model/ModelView.svelte"),
  compose: () => import("./compose/ComposeView.svelte"),
  inpaint: () => import("./inpaint/InpaintView.svelte"),
  upscale: () => import("./upscale/UpscaleView.svelte"),
  finish: () => import("./finish/FinishView.svelte"),
  sketch: () => import("./sketch/SketchView.svelte"),
  library: () => import("./library/LibraryView.svelte"),
  queue: () => import("./queue/QueueView.svelte"),
  inspect: () => import("./inspect/InspectView.svelte"),
};
