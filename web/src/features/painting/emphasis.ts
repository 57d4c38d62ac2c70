/** Emphasis in a prompt, changed by keys: `(word:1.1)`, and the strength of `<lora:name:1>`. */

export interface Selected {
  text: string;
  start: number;
  end: number;
}

interface Emphasis {
  /** The whole of it, brackets included. */
  start: number;
  end: number;
  /** What stands in it. */
  body: string;
  weight: number;
}

const ROUND_STEP = 0.1;
const ANGLE_STEP = 0.05;
const WORD_END = /[\s.,\\/!?%^*;:{}=`~()[\]<>|]/;

/** The text with more or less emphasis (`way` is 1 or -1) on what is selected, or else on what the caret stands in. */
export function changeEmphasis({ text, start, end }: Selected, way: 1 | -1): Selected {
  const angle = start === end ? enclosing(text, start, "<", ">") : undefined;
  if (angle) return changeExtra(text, angle, way);
  const found = start === end ? atCaret(text, start) : atSelection(text, start, end);
  if (!found) return { text, start, end };
  const weight = Math.max(0, rounded(found.weight + way * ROUND_STEP));
  const before = weight === 1 ? "" : "(";
  const after = weight === 1 ? "" : `:${weight})`;
  const from = found.start + before.length;
  return {
    text: text.slice(0, found.start) + before + found.body + after + text.slice(found.end),
    start: from,
    end: from + found.body.length,
  };
}

function rounded(weight: number): number {
  return Number(weight.toFixed(2));
}

/** The emphasis around the caret, or the word at it as one of weight 1. */
function atCaret(text: string, caret: number): Emphasis | undefined {
  const round = enclosing(text, caret, "(", ")");
  const square = enclosing(text, caret, "[", "]");
  const inner = !square || (round && round.start > square.start) ? round : square;
  const read = inner && readEmphasis(text, inner.start, inner.end);
  return read ?? plain(text, ...wordAt(text, caret));
}

/** The emphasis whose content is selected, or the selection as one of weight 1. */
function atSelection(text: string, start: number, end: number): Emphasis | undefined {
  const round = enclosing(text, start, "(", ")") ?? enclosing(text, start, "[", "]");
  const read = round && readEmphasis(text, round.start, round.end);
  const selected = text.slice(start, end).trim();
  if (read && read.body.trim() === selected) return read;
  const lead = text.slice(start, end).length - text.slice(start, end).trimStart().length;
  return plain(text, start + lead, start + lead + selected.length);
}

function plain(text: string, start: number, end: number): Emphasis | undefined {
  return start < end ? { start, end, body: text.slice(start, end), weight: 1 } : undefined;
}

/** What stands between brackets at these places, and how much it is emphasised; none where they are no emphasis. */
function readEmphasis(text: string, start: number, end: number): Emphasis | undefined {
  const inside = text.slice(start + 1, end - 1);
  if (text[start] === "[") return inside.includes(":") || inside.includes("|") ? undefined : nested(text, start, end, 1 / 1.1);
  const weighted = /^(.*):\s*(\d*\.?\d+)\s*$/s.exec(inside);
  if (weighted) return { start, end, body: weighted[1] ?? "", weight: Number(weighted[2]) };
  return nested(text, start, end, 1.1);
}

/** Brackets without a number; doubled ones count twice. */
function nested(text: string, start: number, end: number, factor: number): Emphasis {
  const [open, close] = [text[start], text[end - 1]];
  const inside = text.slice(start + 1, end - 1);
  let depth = 1;
  while (start > 0 && text[start - 1] === open && text[start - 2] !== "\\" && text[end] === close) {
    start -= 1;
    end += 1;
    depth += 1;
  }
  return { start, end, body: inside, weight: Number((factor ** depth).toFixed(1)) };
}

function changeExtra(text: string, { start, end }: { start: number; end: number }, way: 1 | -1): Selected {
  const inside = text.slice(start + 1, end - 1);
  const weighted = /^(.*):(-?\d*\.?\d+)$/s.exec(inside);
  const name = weighted ? (weighted[1] ?? "") : inside;
  const weight = rounded(Number(weighted?.[2] ?? 1) + way * ANGLE_STEP);
  const from = start + 1;
  return { text: `${text.slice(0, from)}${name}:${weight}${text.slice(end - 1)}`, start: from, end: from + name.length };
}

/** The nearest pair of brackets around a place; those behind a backslash are text. */
function enclosing(text: string, place: number, open: string, close: string): { start: number; end: number } | undefined {
  const start = outward(text, place - 1, -1, { seek: open, other: close });
  const end = outward(text, place, 1, { seek: close, other: open });
  return start === undefined || end === undefined ? undefined : { start, end: end + 1 };
}

function outward(text: string, from: number, way: 1 | -1, { seek, other }: { seek: string; other: string }): number | undefined {
  let depth = 0;
  for (let at = from; at >= 0 && at < text.length; at += way) {
    if (text[at - 1] === "\\") continue;
    if (text[at] === other) depth += 1;
    else if (text[at] === seek) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return undefined;
}

function wordAt(text: string, caret: number): [number, number] {
  const isWord = (at: number): boolean => at >= 0 && at < text.length && !WORD_END.test(text[at] ?? " ");
  let [start, end] = [caret, caret];
  while (isWord(start - 1)) start -= 1;
  while (isWord(end)) end += 1;
  return [start, end];
}

/** The least that must be replaced to make one text of another. */
export function difference(before: string, after: string): { start: number; end: number; insert: string } {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < before.length - start && tail < after.length - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, insert: after.slice(start, after.length - tail) };
}
