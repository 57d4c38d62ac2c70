/**
 * JSON whose whole numbers stay exact: seeds go up to 2^64 - 1, JavaScript's numbers only to 2^53.
 *
 * A number that would lose digits becomes a `bigint`; a `bigint` is written as a number.
 */

import { drawId } from "./ids";

interface Source {
  source: string;
}

/** The value of a JSON text. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, function (this: unknown, _key: string, value: unknown, context?: Source) {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    return context && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  } as (key: string, value: unknown) => unknown);
}

/** The JSON text of a value. */
export function formatExact(value: unknown): string {
  const large: string[] = [];
  const mark = `#${drawId()}:`;
  const text = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "bigint" ? `${mark}${large.push(each.toString()) - 1}` : each,
  );
  return text.replace(new RegExp(`"${mark}(\\d+)"`, "g"), (_match, index: string) => large[Number(index)] ?? "0");
}
