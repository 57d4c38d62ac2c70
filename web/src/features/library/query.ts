/** The library's own language of searches, as far as a page has to know it: terms are found, set, taken out, suggested. */

export interface Term {
  isNegated: boolean;
  /** What stands before the colon; empty for words. */
  field: string;
  /** As it is compared, without quotes: `>=3`, `Euler a`. */
  value: string;
  start: number;
  end: number;
}

const TERM = /(?<minus>-?)(?:(?<field>[A-Za-z_]+):)?(?<operator>(?<=:)(?:>=|<=|>|<|=)|)(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s"]+))(?<star>\*?)(?=\s|$)/y;

/** The terms of a query; what cannot be read is left out. */
export function termsOf(query: string): Term[] {
  const terms: Term[] = [];
  for (let at = 0; at < query.length; ) {
    TERM.lastIndex = at;
    const match = /\s/.test(query.charAt(at)) ? null : TERM.exec(query);
    if (!match?.groups) {
      at += 1;
      continue;
    }
    const { minus, field = "", operator = "", quoted, bare = "", star = "" } = match.groups;
    const value = operator + (quoted?.replaceAll(/\\(.)/g, "$1") ?? bare) + star;
    terms.push({ isNegated: minus === "-", field: field.toLowerCase(), value, start: at, end: TERM.lastIndex });
    at = TERM.lastIndex;
  }
  return terms;
}

/** The value of the first term of a field that is not turned round; empty where there is none. */
export function valueOf(query: string, field: string): string {
  return termsOf(query).find((term) => term.field === field && !term.isNegated)?.value ?? "";
}

export function hasTerm(query: string, field: string, value: string): boolean {
  return termsOf(query).some((term) => term.field === field && term.value === value && !term.isNegated);
}

/** The query with one term of a field, of that value; an empty value takes the field's terms out. */
export function withValue(query: string, field: string, value: string): string {
  const old = termsOf(query).filter((term) => term.field === field);
  const rest = without(query, ...old);
  return value ? joined(rest, termText(field, value)) : rest;
}

/** The query with a term, or without it if it has it. */
export function toggled(query: string, field: string, value: string): string {
  const same = termsOf(query).filter((term) => term.field === field && term.value === value && !term.isNegated);
  return same.length ? without(query, ...same) : joined(query, termText(field, value));
}

export function without(query: string, ...terms: readonly Term[]): string {
  let rest = query;
  for (const term of terms.toSorted((a, b) => b.start - a.start)) rest = `${rest.slice(0, term.start)} ${rest.slice(term.end)}`;
  return rest.replaceAll(/ {2,}/g, " ").trim();
}

/** A term as it is written: in quotes where it needs them. */
export function termText(field: string, value: string): string {
  const [operator] = /^(?:>=|<=|>|<|=)?/.exec(value) ?? [""];
  const plain = value.slice(operator.length);
  const isPlain = plain !== "" && !/[\s"\\]|\*$/.test(plain);
  return `${field}:${operator}${isPlain ? plain : `"${plain.replaceAll(/["\\]/g, "\\$&")}"`}`;
}

function joined(query: string, term: string): string {
  return query.trim() ? `${query.trim()} ${term}` : term;
}

/** What a word of a query could become. */
export interface Suggestion {
  /** What stands in its place then. */
  text: string;
  label: string;
  hint: string;
}

/** Values by field, and what each field means in a few words. */
export interface Known {
  fields: Readonly<Record<string, string>>;
  values: Readonly<Record<string, readonly string[]>>;
}

const MOST = 12;

/** What the word at the caret could become, and where that word is. */
export function suggest(query: string, caret: number, known: Known): { start: number; found: Suggestion[] } {
  const start = wordStart(query.slice(0, caret));
  const word = query.slice(start, caret);
  const [, minus = "", field, typed = ""] = /^(-?)([A-Za-z_]+):"?(.*)$/.exec(word) ?? [];
  if (field === undefined) return { start, found: suggestFields(word, known) };
  const wanted = typed.toLowerCase();
  const values = (known.values[field.toLowerCase()] ?? []).filter((value) => value.toLowerCase().includes(wanted) && value !== typed);
  const found = values.slice(0, MOST).map((value) => ({ text: minus + termText(field, value), label: value, hint: "" }));
  return { start, found };
}

function suggestFields(word: string, known: Known): Suggestion[] {
  const [, minus = "", typed = ""] = /^(-?)([A-Za-z_]+)$/.exec(word) ?? [];
  if (!typed) return [];
  return Object.entries(known.fields)
    .filter(([field]) => field.startsWith(typed.toLowerCase()))
    .map(([field, hint]) => ({ text: `${minus}${field}:`, label: `${field}:`, hint }));
}

/** Where the last word begins; a space within quotes parts no words. */
function wordStart(before: string): number {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < before.length; at += 1) {
    const sign = before.charAt(at);
    if (sign === '"') isQuoted = !isQuoted;
    else if (/\s/.test(sign) && !isQuoted) start = at + 1;
  }
  return start;
}
