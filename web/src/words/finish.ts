import type { Channel, HueRange, Kernel, Kind } from "../imaging/adjustment";

const kinds: Record<Kind, string> = {
  levels: "Levels", auto_levels: "Automatic levels", curves: "Curves", brightness_contrast: "Brightness and contrast",
  hue_saturation: "Hue and saturation", crop: "Crop", rotate: "Turn and straighten", resize: "Resize", sharpen: "Sharpen",
};

const channels: Record<Channel, string> = { value: "All", red: "Red", green: "Green", blue: "Blue", alpha: "Alpha" };

const ranges: Record<HueRange, string> = {
  all: "All", red: "Reds", yellow: "Yellows", green: "Greens", cyan: "Cyans", blue: "Blues", magenta: "Magentas",
};

const kernels: Record<Kernel, string> = {
  nearest: "keeps hard pixels", box: "averages", bilinear: "soft", bicubic: "smooth", lanczos: "sharpest",
};

export const finish = {
  kinds, channels, ranges, kernels,
  add: "Add", addStep: "Add an adjustment", addShort: {
    levels: "Levels", auto_levels: "Auto", curves: "Curves", brightness_contrast: "Brightness", hue_saturation: "Colour",
    crop: "Crop", rotate: "Straighten", resize: "Resize", sharpen: "Sharpen",
  } satisfies Record<Kind, string>,
  adjustments: "Adjustments", noSteps: "Nothing is changed yet. Add an adjustment; nothing touches the picture before you apply it.",
  on: (name: string) => `${name} is on`, remove: (name: string) => `Remove ${name}`, reset: (name: string) => `Reset ${name}`,
  up: (name: string) => `Move ${name} up`, down: (name: string) => `Move ${name} down`, clear: "Remove all",
  apply: "Apply", applying: (percent: number) => `Applying ${percent} %`, applied: "Applied: the result is in hand.",
  nothingToApply: "Change something first.", loading: "The picture is being opened.",
  histogram: "Histogram", channel: "Channel", histogramOf: (channel: string) => `Tones of ${channel}, black at the left`,
  auto: "Auto", autoHint: "Stretches red, green and blue so that 0.6 % clip at either end",
  lowInput: "Black input", highInput: "White input", gamma: "Gamma", lowOutput: "Black output", highOutput: "White output",
  inputHandles: "Input tones", outputHandles: "Output tones",
  curve: "Curve", curveHint: "Click to add a point, drag it away or press Delete to remove it; double click makes a corner.",
  point: (index: number, count: number) => `Point ${index} of ${count}`, input: "Input", output: "Output", corner: "Corner",
  addPoint: "Add a point", removePoint: "Remove the point",
  brightness: "Brightness", contrast: "Contrast", hue: "Hue", saturation: "Saturation", lightness: "Lightness", overlap: "Overlap",
  range: "Colours", ratio: "Ratio", free: "Free", original: "As it is", left: "Left", top: "Top", width: "Width", height: "Height",
  cropFrame: "What is kept", cropHandle: { n: "Top edge", ne: "Top right corner", e: "Right edge", se: "Bottom right corner", s: "Bottom edge", sw: "Bottom left corner", w: "Left edge", nw: "Top left corner" },
  cropHint: "Drag the frame on the picture; arrows move what has the focus.", whole: "The whole picture",
  degrees: "Degrees", quarterLeft: "A quarter left", quarterRight: "A quarter right", fit: "Corners", fitCrop: "Cut off", fitExpand: "Keep all",
  straightenHint: "Draw a line on the picture along something that should be level or upright.",
  kernel: "Kernel", lock: "Keep the ratio of sides", linearLight: "Average light, not its encoding", percent: "Percent",
  radius: "Radius", amount: "Amount", threshold: "Threshold",
  undo: "Undo", redo: "Redo", compare: "Before and after", holdBefore: "Hold to see the picture before", divider: "Divider between before and after",
  zoomFit: "Whole", zoomOne: "1:1", zoom: "Zoom", before: "Before", after: "After", size: (width: number, height: number) => `${width} × ${height}`,
  madeBy: (count: number) => `This picture was made by ${count} ${count === 1 ? "adjustment" : "adjustments"}.`, change: "Change them",
  export: "Export", format: "Format", quality: "Quality", metadata: "With its settings", metadataHint: "The prompt, the models and every stage, as other programs read them",
  lossless: "Lossless", exportNow: "Export", exportApplies: "What is not applied yet is applied first.",
  picture: "The picture as it will be", autoNote: "Found anew from the picture at this place of the list.",
};
