/** Dates of a search: whole days of this machine, as `date:` takes them. */

export const SPANS = ["today", "week", "month", "year"] as const;

export type Span = (typeof SPANS)[number];

/** The value of `date:` for the days up to now. */
export function dateValue(span: Span, now: Date): string {
  if (span === "year") return String(now.getFullYear());
  if (span === "today") return dayOf(now);
  const first = new Date(now);
  first.setDate(first.getDate() - (span === "week" ? 6 : 29));
  return `>=${dayOf(first)}`;
}

/** The first and the last day of a value with bounds of whole days; empty where it has none. */
export function boundsOf(value: string): { from: string; to: string } {
  const [, from = "", to = ""] = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/.exec(value) ?? [];
  return { from, to };
}

export function rangeValue(from: string, to: string): string {
  return from || to ? `${from}..${to}` : "";
}

function dayOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
