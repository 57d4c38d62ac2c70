/**
 * What can be done to a picture's pixels, as it stands in a document: names, units and ranges are
 * those of the Python records. What is left out has its default.
 */

export type Channel = "value" | "red" | "green" | "blue" | "alpha";
export type HueRange = "all" | "red" | "yellow" | "green" | "cyan" | "blue" | "magenta";
export type Kernel = "nearest" | "box" | "bilinear" | "bicubic" | "lanczos";

/** Input and output from 0 to 1; the curve bends smoothly through a point unless it is a corner. */
export type CurvePoint = [number, number] | [number, number, "smooth" | "corner"];

export interface Levels {
  kind: "levels";
  channel?: Channel;
  low_input?: number;
  high_input?: number;
  gamma?: number;
  low_output?: number;
  high_output?: number;
  clamp_input?: boolean;
  clamp_output?: boolean;
}

export interface AutoLevels {
  kind: "auto_levels";
}

export interface Curves {
  kind: "curves";
  channel?: Channel;
  type?: "smooth" | "freehand";
  points?: CurvePoint[];
  values?: number[];
}

export interface BrightnessContrast {
  kind: "brightness_contrast";
  brightness?: number;
  contrast?: number;
}

export interface HueSaturation {
  kind: "hue_saturation";
  range?: HueRange;
  hue?: number;
  lightness?: number;
  saturation?: number;
  overlap?: number;
}

export interface Crop {
  kind: "crop";
  left?: number;
  top?: number;
  width: number;
  height: number;
}

/** A width or height of 0 follows from the other and the ratio of sides. */
export interface Resize {
  kind: "resize";
  width?: number;
  height?: number;
  kernel?: Kernel;
  linear_light?: boolean;
}

export interface Rotate {
  kind: "rotate";
  degrees: number;
  fit?: "crop" | "expand";
}

export interface Sharpen {
  kind: "sharpen";
  radius?: number;
  amount?: number;
  threshold?: number;
}

export type Adjustment =
  | Levels
  | AutoLevels
  | Curves
  | BrightnessContrast
  | HueSaturation
  | Crop
  | Resize
  | Rotate
  | Sharpen;

export type Kind = Adjustment["kind"];
export type OfKind<K extends Kind> = Extract<Adjustment, { kind: K }>;
export type Complete<A extends Adjustment> = Required<A>;

const DEFAULTS = {
  levels: {
    channel: "value",
    low_input: 0,
    high_input: 1,
    gamma: 1,
    low_output: 0,
    high_output: 1,
    clamp_input: true,
    clamp_output: true,
  },
  auto_levels: {},
  curves: { channel: "value", type: "smooth", points: [], values: [] },
  brightness_contrast: { brightness: 0, contrast: 0 },
  hue_saturation: { range: "all", hue: 0, lightness: 0, saturation: 0, overlap: 0 },
  crop: { left: 0, top: 0 },
  resize: { width: 0, height: 0, kernel: "lanczos", linear_light: false },
  rotate: { fit: "crop" },
  sharpen: { radius: 3, amount: 0.5, threshold: 0 },
} as const;

/** The adjustment with every parameter written out. */
export function complete<A extends Adjustment>(adjustment: A): Complete<A> {
  return { ...DEFAULTS[adjustment.kind], ...adjustment } as unknown as Complete<A>;
}
