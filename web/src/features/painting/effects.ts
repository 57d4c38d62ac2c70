/** What a number will do, in one line. */

import { words } from "../../words/en";

interface Band<T> {
  below: number;
  says: T;
}

function inBand<T>(value: number, bands: readonly Band<T>[], otherwise: T): T {
  return bands.find((band) => value < band.below)?.says ?? otherwise;
}

const { guidance, steps, strength } = words.painting.effects;

export function guidanceEffect(scale: number): string {
  return inBand(scale, [{ below: 1.01, says: guidance.none }, { below: 4, says: guidance.loose }, { below: 10, says: guidance.usual }, { below: 16, says: guidance.strict }], guidance.harsh);
}

export function stepsEffect(count: number): string {
  return inBand(count, [{ below: 8, says: steps.draft }, { below: 16, says: steps.few }, { below: 41, says: steps.usual }], steps.many);
}

/** What a denoising strength does to the picture it begins with. */
export function strengthEffect(value: number): string {
  return inBand(
    value,
    [{ below: 0.01, says: strength.keeps }, { below: 0.3, says: strength.retouches }, { below: 0.55, says: strength.reworks }, { below: 0.8, says: strength.repaints }, { below: 1, says: strength.hints }],
    strength.forgets,
  );
}
