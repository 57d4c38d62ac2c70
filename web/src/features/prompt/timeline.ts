/** The texts of a schedule as lanes: which text counts in which steps. */

export interface Scheduled {
  text: string;
  first: number | null;
  last: number | null;
}

export interface Span {
  first: number;
  last: number;
}

export interface Lane {
  /** What only some of the texts say. */
  label: string;
  text: string;
  /** Index of its first text in the schedule. */
  index: number;
  spans: Span[];
}

/** One lane for each text, however often it comes; spans that touch are one. */
export function lanesOf(schedule: readonly Scheduled[]): Lane[] {
  const lanes = new Map<string, Lane>();
  const labels = differences([...new Set(schedule.map((each) => each.text))]);
  schedule.forEach(({ text, first, last }, index) => {
    const lane = lanes.get(text) ?? { label: labels.get(text) ?? text, text, index, spans: [] };
    lanes.set(text, lane);
    if (first === null || last === null) return;
    const before = lane.spans.at(-1);
    if (before && before.last >= first - 1) before.last = Math.max(before.last, last);
    else lane.spans.push({ first, last });
  });
  return [...lanes.values()];
}

/** Where a span lies, in shares of the whole. */
export function placed({ first, last }: Span, steps: number): { from: number; share: number } {
  return { from: (first - 1) / steps, share: (last - first + 1) / steps };
}

/** What each text says that not all of them say; words that stand apart have a dot between them. */
function differences(texts: readonly string[]): Map<string, string> {
  const split = texts.map((text) => text.trim().split(/\s+/));
  const isShared = (word: string): boolean => split.every((each) => each.includes(word));
  const label = (all: string[]): string =>
    all.reduce((told, word, at) => {
      if (isShared(word)) return told;
      const isNext = at > 0 && !isShared(all[at - 1] ?? "");
      return told ? `${told}${isNext ? " " : " · "}${word}` : word;
    }, "");
  return new Map(texts.map((text, index) => [text, label(split[index] ?? []).replace(/[,.;]$/, "") || "—"]));
}
