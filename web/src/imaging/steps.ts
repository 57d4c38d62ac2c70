/**
 * The artist's list: steps that can be switched off, each of one kind. Levels and curves are one
 * step for all channels, which go through their own first and through "value" last.
 */

import { complete, type Adjustment, type Channel, type Kind, type OfKind } from "./adjustment";

export interface Step {
  readonly id: string;
  readonly kind: Kind;
  readonly isOn: boolean;
  readonly adjustments: readonly Adjustment[];
}

const ORDER: readonly Channel[] = ["red", "green", "blue", "alpha", "value"];
const GEOMETRY: ReadonlySet<Kind> = new Set(["crop", "resize", "rotate"]);

/** Parameters, by kind, with which an adjustment leaves every picture as it is. */
const NEUTRAL: { readonly [K in Kind]?: Partial<OfKind<K>> } = {
  levels: { low_input: 0, high_input: 1, gamma: 1, low_output: 0, high_output: 1 },
  curves: { type: "smooth", points: [[0, 0], [1, 1]] },
  brightness_contrast: { brightness: 0, contrast: 0 },
  hue_saturation: { hue: 0, saturation: 0, lightness: 0 },
  rotate: { degrees: 0 },
  sharpen: { amount: 0 },
};

/** What the steps that are on amount to; what would change nothing is left out. */
export function adjustmentsOf(steps: readonly Step[]): Adjustment[] {
  return steps.filter((step) => step.isOn).flatMap((step) => step.adjustments.filter(changesSomething));
}

/** Steps that make just these adjustments; neighbours that belong together become one. */
export function stepsOf(adjustments: readonly Adjustment[], newId: () => string): Step[] {
  const steps: Step[] = [];
  for (const adjustment of adjustments) {
    const last = steps.at(-1);
    if (last && joins(last, adjustment)) {
      steps[steps.length - 1] = { ...last, adjustments: [...last.adjustments, adjustment] };
    } else {
      steps.push({ id: newId(), kind: adjustment.kind, isOn: true, adjustments: [adjustment] });
    }
  }
  return steps;
}

/** Adjustments of levels or curves in which one channel's has taken the place of what it had. */
export function withChannel<A extends Adjustment & { channel?: Channel }>(adjustments: readonly A[], changed: A): A[] {
  const others = adjustments.filter((each) => channelOf(each) !== channelOf(changed));
  return [...others, changed].sort((one, other) => rank(one) - rank(other));
}

export function isGeometry(adjustment: Adjustment): boolean {
  return GEOMETRY.has(adjustment.kind);
}

/**
 * The steps as they are to be seen while one of them is worked on: a crop shows all that it could
 * keep, with the places that its numbers mean.
 */
export function stepsWhile(steps: readonly Step[], worked: string | undefined): Step[] {
  const place = steps.findIndex((step) => step.id === worked && step.kind === "crop");
  if (place < 0) return [...steps];
  return steps.filter((step, index) => index < place || !GEOMETRY.has(step.kind));
}

function joins(step: Step, adjustment: Adjustment): boolean {
  const isByChannel = adjustment.kind === "levels" || adjustment.kind === "curves";
  const last = step.adjustments.at(-1);
  return isByChannel && last?.kind === adjustment.kind && rank(last) < rank(adjustment);
}

function channelOf(adjustment: { channel?: Channel }): Channel {
  return adjustment.channel ?? "value";
}

function rank(adjustment: { channel?: Channel }): number {
  return ORDER.indexOf(channelOf(adjustment));
}

function changesSomething(adjustment: Adjustment): boolean {
  const neutral = NEUTRAL[adjustment.kind];
  if (!neutral) return true;
  const values = complete(adjustment) as unknown as Record<string, unknown>;
  return Object.entries(neutral).some(([name, value]) => JSON.stringify(values[name]) !== JSON.stringify(value));
}
