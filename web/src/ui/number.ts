/** Numbers in fields: read, limited, stepped. */

export interface Limits {
  min: number;
  max: number;
  step: number;
}

export interface Read {
  /** The number, where the text is one that can be. */
  value?: number;
  /** Why it cannot be, in a sentence. */
  problem: string;
}

/** The number that a text says, or why it cannot be taken; a comma counts as a point. */
export function readNumber(text: string, { min, max, step }: Limits): Read {
  const plain = text.trim().replace(",", ".");
  const value = Number(plain);
  if (plain === "" || Number.isNaN(value)) return { problem: "Enter a number." };
  if (value < min || value > max) return { problem: range(min, max) };
  if (Number.isInteger(step) && value % step !== 0) {
    return { problem: step === 1 ? "Enter a whole number." : `Enter a multiple of ${step}.` };
  }
  return { value, problem: "" };
}

function range(min: number, max: number): string {
  if (max === Infinity) return `At least ${min}.`;
  if (min === -Infinity) return `At most ${max}.`;
  return `From ${min} to ${max}.`;
}

/** The value some steps further, within the limits, without the dust of binary fractions. */
export function stepped(value: number, steps: number, { min, max, step }: Limits): number {
  const by = Number.isInteger(step) ? Math.trunc(steps) || Math.sign(steps) : steps;
  const digits = Math.max(0, Math.ceil(-Math.log10(step))) + 1;
  return Math.min(max, Math.max(min, Number((value + by * step).toFixed(digits))));
}
