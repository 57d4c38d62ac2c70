/** A prompt as phrases between commas: found, added, taken out, without touching the rest. */

export interface Phrase {
  /** As it stands there, without blanks around. */
  text: string;
  start: number;
  end: number;
}

/** The phrases of a prompt; commas within brackets part nothing. */
export function phrasesOf(text: string): Phrase[] {
  const found: Phrase[] = [];
  let depth = 0;
  let from = 0;
  const take = (to: number): void => {
    const piece = text.slice(from, to);
    const trimmed = piece.trim();
    const start = from + piece.length - piece.trimStart().length;
    if (trimmed) found.push({ text: trimmed, start, end: start + trimmed.length });
    from = to + 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === "\\") at += 1;
    else if ("([<".includes(sign)) depth += 1;
    else if (")]>".includes(sign)) depth = Math.max(0, depth - 1);
    else if ((sign === "," && depth === 0) || sign === "\n") take(at);
  }
  take(text.length);
  return found;
}

const TAG = /<[^<>]*>/g;

/** A phrase as it is compared: without emphasis and tags, in small letters. */
export function bare(phrase: string): string {
  let text = phrase.replace(TAG, "").trim();
  for (let inner = unwrapped(text); inner !== undefined; inner = unwrapped(text)) text = inner.trim();
  return text.toLowerCase();
}

/** The words that a prompt has as phrases of their own, emphasised or not. */
export function bareOf(text: string): Set<string> {
  return new Set(phrasesOf(text).map((phrase) => bare(phrase.text)));
}

/** The prompt with a phrase added behind the others. */
export function withPhrase(text: string, phrase: string): string {
  const before = text.replace(/[\s,]+$/, "");
  return before ? `${before}, ${phrase}` : phrase;
}

/** The prompt without a phrase, however it is emphasised; tags such as `<lora:ink:1>` that stand in it stay. */
export function withoutPhrase(text: string, phrase: string): string {
  const all = phrasesOf(text);
  const index = all.findIndex((each) => bare(each.text) === phrase.toLowerCase());
  const [found, next, last] = [all[index], all[index + 1], all[index - 1]];
  if (!found) return text;
  const tags = found.text.match(TAG);
  if (tags) return text.slice(0, found.start) + tags.join(" ") + text.slice(found.end);
  if (next) return text.slice(0, found.start) + text.slice(next.start);
  return last ? text.slice(0, last.end) : "";
}

/** What the picture is of: the first phrase, unless that is one of the words that say how it is painted. */
export function subjectOf(text: string, isManner: (word: string) => boolean): string {
  const [first] = phrasesOf(text);
  return first && !isManner(bare(first.text)) ? first.text : "";
}

/** The prompt with another subject. */
export function withSubject(text: string, subject: string, isManner: (word: string) => boolean): string {
  const [first, second] = phrasesOf(text);
  if (!first) return subject;
  if (isManner(bare(first.text))) return subject ? `${subject}, ${text}` : text;
  if (subject) return text.slice(0, first.start) + subject + text.slice(first.end);
  return second ? text.slice(second.start) : "";
}

function unwrapped(text: string): string | undefined {
  const round = /^\((.*?)(?::\s*\d*\.?\d+\s*)?\)$/s.exec(text);
  if (round) return round[1];
  return /^\[([^:|]*)\]$/s.exec(text)?.[1];
}
