const megabytes = (bytes: number): string => (bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

export const upscale = {
  enlarge: "Enlarge", upscaler: "Upscaler", sizing: "By", byFactor: "Factor", bySize: "Size", factor: "Factor",
  width: "Width", height: "Height", sideHint: "0 follows from the other side.", crop: "Cut to this size exactly",
  cropHint: "Without, the picture covers the size, and a side may be longer.", noSize: "Give a width, a height or both.",
  second: "Second upscaler", secondVisibility: "Its share", secondHint: "Mixes the results of two upscalers.",
  facesTitle: "Faces", faces: "Restore", order: "When", after: "After", before: "Before",
  faceChoices: { none: "No", CodeFormer: "CodeFormer", GFPGAN: "GFPGAN", detail: "Painting" },
  visibility: "Visibility", weight: "Fidelity", weightHint: "0 restores most, 1 keeps most of the face.",
  detailPrompt: "Prompt for the faces", detailStrength: "Denoising strength", detailHint: "Finds each face, paints it anew larger, and puts it back. Needs no extra weights.",
  bring: "Its weights are not packaged. If they are not in the folder of models, the job says where to put which file.",
  tiles: "Tiles", tile: "Longest side", overlap: "Overlap", tileHint: "Smaller tiles need less memory; 0 takes the picture in one.", overlapHint: "Fewer shared pixels show seams.",
  action: "Upscale", actionFaces: "Upscale and restore",
  forecast: "Forecast", result: "Result", count: "Tiles", memory: "Memory", time: "Time", unknown: "unknown yet", about: (text: string) => `about ${text}`,
  megabytes, times: (factor: number) => `${factor.toFixed(2).replace(/\.?0+$/, "")}×`,
  memoryHint: "Beside the program and the network's weights", timeHint: "From earlier jobs of this upscaler on this machine",
  step: (job: number, jobs: number, step: number, steps: number) => `${jobs > 1 ? `Job ${job} of ${jobs}: ` : ""}${steps ? `step ${step} of ${steps}` : "starting"}`,
  left: (time: string) => `${time} left`, stop: "Stop",
  loupe: "The same spot before and after, 1:1", was: "Before", is: "After", notYet: "Enlarged as it is; upscale to compare.",
  spot: "The spot that is compared", spotHint: "Drag, or use the arrows", done: "Done: the result is in hand.",
};
