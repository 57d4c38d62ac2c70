/** What can be done about a place of a prompt that is read otherwise than it seems, with one click. */

export interface Place {
  /** In characters, as the server counts them: code points. */
  position: number;
  length: number;
}

export type Kind = "close" | "escape" | "remove" | "weight" | "when" | "dot";

export interface Fix {
  kind: Kind;
  text: string;
}

const CLOSER: Record<string, string> = { "(": ")", "[": "]" };

/** Texts that mend a place, the likeliest first; none where only the writer can know. */
export function fixesFor(text: string, { position, length }: Place): Fix[] {
  const signs = [...text];
  const [before, after] = [signs.slice(0, position).join(""), signs.slice(position + length).join("")];
  const found = signs.slice(position, position + length).join("");
  const put = (kind: Kind, instead: string): Fix => ({ kind, text: before + instead + after });
  const closer = CLOSER[found];
  if (closer) return [{ kind: "close", text: before + closedAtComma(found, closer, after) }, put("escape", `\\${found}`), put("remove", "")];
  if (found === ")" || found === "]") return [put("remove", ""), put("escape", `\\${found}`)];
  if (found === "|" || found === "\\" || found.startsWith("#") || found.startsWith("<")) return [put("remove", "")];
  return mendedEdit(found).map(({ kind, text: instead }) => put(kind, instead));
}

/** An edit such as `[text:1.2]` or `[from:to]` as it was probably meant. */
function mendedEdit(edit: string): Fix[] {
  const weight = /^\[([^:|[\]]+):\s*(\d+\.\d+)\s*\]$/.exec(edit);
  if (weight) return [{ kind: "weight", text: `(${weight[1]}:${weight[2]})` }];
  const undated = /^\[([^:|[\]]*):([^:|[\]]*)\]$/.exec(edit);
  if (undated && !/^\s*[\d.]+\s*$/.test(undated[2] ?? "")) return [{ kind: "when", text: `[${undated[1]}:${undated[2]}:0.5]` }];
  const undotted = /^(\[.*:)\s*1\s*\]$/s.exec(edit);
  return undotted ? [{ kind: "dot", text: `${undotted[1]}1.0]` }] : [];
}

/** The bracket with its partner before the next comma, or at the end. */
function closedAtComma(open: string, close: string, after: string): string {
  const comma = after.indexOf(",");
  const end = comma < 0 ? after.trimEnd().length : comma;
  return `${open}${after.slice(0, end)}${close}${after.slice(end)}`;
}
