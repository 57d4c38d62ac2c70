/** Every text that the studio shows, in English; those of a feature stand in a file of its name. */

import { coach } from "./coach";
import { compose } from "./compose";
import { drawing } from "./drawing";
import { finish } from "./finish";
import { inpaint } from "./inpaint";
import { inspect } from "./inspect";
import { library } from "./library";
import { model } from "./model";
import { painting } from "./painting";
import { prompt } from "./prompt";
import { queue } from "./queue";
import { sketch } from "./sketch";
import { upscale } from "./upscale";

export const words = {
  coach,
  compose,
  drawing,
  finish,
  inpaint,
  inspect,
  library,
  model,
  painting,
  prompt,
  queue,
  sketch,
  upscale,
  common: {
    cancel: "Cancel", close: "Close", retry: "Try again", undo: "Undo", redo: "Redo", stop: "Stop", reset: "Reset to the default",
    none: "None", of: (a: number, b: number) => `${a} of ${b}`,
    refused: (message: string, remedy: string) => (remedy ? `${message}. ${remedy}` : message),
    differing: (count: number) => `${count} changed`,
    seconds: (s: number) => (s < 60 ? `${Math.max(1, Math.round(s))} s` : `${Math.round(s / 60)} min`),
    bytes: (count: number) => (count < 1e9 ? `${Math.max(1, Math.round(count / 1e6))} MB` : `${(count / 1e9).toFixed(1)} GB`),
    about: (text: string) => `about ${text}`,
  },
  connection: {
    connecting: "Connecting…", here: "Saved", lost: "Server away · your work is kept",
    waiting: (count: number) => `${count} waiting to be sent`,
  },
  storage: {
    full: "The browser has no room to keep this draft. Close other tabs of this page or clear site data of others; what is on the server is safe.",
    lost: "What was drawn for a waiting request is gone: the browser had no room to keep it. Please send it again.",
    secondTab: "The studio is open in another tab: this one works on a copy of the draft.",
  },
  shell: {
    title: "Velatura",
    stages: {
      prompt: "Prompt", model: "Model", compose: "Compose", inpaint: "Inpaint", upscale: "Upscale", finish: "Finish",
    },
    tools: { sketch: "Sketch", library: "Library", queue: "Queue", inspect: "Inspect" },
    titleOf: (view: string) => `${view} · Velatura`,
    path: "Stages of a picture", toolbar: "Tools", controls: "Settings", work: "Picture", inspector: "Inspector", filmstrip: "Lineage",
    theme: "Dark or light", surround: "Mid-grey surround for judging colour", keys: "Keys",
    skip: "Skip to the work", noPicture: "No picture in hand yet. Compose one, or open one from the library.",
    sendTo: "Send to", stale: "made from a picture that was replaced", remake: (count: number) => `Make ${count} anew`,
    remade: (count: number) => `${count} made anew`, gone: "not in the library",
    hidePanels: "Hide all panels", runPrimary: "Do what the amber button does", toggleInspector: "Inspector",
    notices: "Notices", download: "Download", generation: (depth: number, row: number) => `Generation ${depth}, branch ${row}`,
  },
  login: {
    title: "Log in", password: "Password or token", submit: "Log in", wrong: "That is not it. After six wrong guesses, wait a minute.",
  },
  welcome: {
    title: "What would you like to make?",
    paint: "Paint something", paintMore: "A filled-in prompt, one click from pictures in seconds.",
    draw: "Draw an apple", drawMore: "A blank canvas, a few strokes, and the model paints from them.",
    open: "Open a picture", openMore: "Drop any PNG of the field here: its settings are read and can be used again.",
    tour: "Or be shown the whole way:",
    samplePrompt: "flat illustration of a green apple",
  },
};
