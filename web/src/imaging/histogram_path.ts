/** The outline of a histogram, in a square of 1 by 1 that hangs from its upper left corner. */

const DIGITS = 4;

export function histogramPath(counts: Float64Array): string {
  const tallest = tallestOf(counts);
  if (!tallest) return "";
  const last = counts.length - 1;
  const tops = Array.from(counts, (count, tone) => {
    const height = Math.min(1, count / tallest);
    return `L${round(tone / last)} ${round(1 - height)}`;
  });
  return `M0 1${tops.join("")}L1 1Z`;
}

/** Ends where tones are clipped tower above all else: they may be cut off, so that the rest is seen. */
function tallestOf(counts: Float64Array): number {
  const inner = Math.max(...counts.subarray(1, -1));
  return inner || Math.max(...counts);
}

function round(value: number): number {
  return Number(value.toFixed(DIGITS));
}
