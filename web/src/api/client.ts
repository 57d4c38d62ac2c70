/** The one place that talks to the server; every failure becomes one of two errors. */

import { formatExact, parseExact } from "./exact";

/** What is told of a refusal: a problem document, as far as it says. */
interface Problem {
  title?: string;
  detail?: string;
  field?: string;
  remedy?: string;
  choices?: string[];
  position?: number;
}

/** What was refused, and why. */
export class ApiError extends Error {
  readonly field: string;
  readonly remedy: string;
  readonly choices: readonly string[];
  /** Where in a prompt. */
  readonly position: number | undefined;

  constructor(
    readonly status: number,
    told: Problem,
  ) {
    super(told.detail ?? told.title ?? `the server answered ${status}`);
    this.name = "ApiError";
    this.field = told.field ?? "";
    this.remedy = told.remedy ?? "";
    this.choices = told.choices ?? [];
    this.position = told.position;
  }
}

/** The server could not be reached, or could not answer just now: asking again later may help. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super("the studio's server does not answer", { cause });
    this.name = "Unreachable";
  }
}

export interface Call {
  method?: "GET" | "POST" | "DELETE" | "PUT";
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  json?: unknown;
  file?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Ask the server, and read its answer as `T`. */
export async function call<T>(path: string, asked: Call = {}): Promise<T> {
  const response = await send(path, asked);
  const text = response.status === 204 ? "" : await readText(response);
  if (!response.ok) throw refusal(response, text);
  return (text ? parseExact(text) : undefined) as T;
}

/** Ask for a file; `undefined` where the server has none yet (204). */
export async function fetchBlob(path: string, asked: Call = {}): Promise<Blob | undefined> {
  const response = await send(path, asked);
  if (!response.ok) throw refusal(response, await readText(response));
  return response.status === 204 ? undefined : response.blob();
}

/** The address of a route with its query. */
export function address(path: string, query: Call["query"] = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? (value as string[]) : [String(value)]) words.append(name, each);
  }
  const text = words.toString();
  return text ? `${path}?${text}` : path;
}

async function send(path: string, asked: Call): Promise<Response> {
  const headers: Record<string, string> = { ...asked.headers };
  const init: RequestInit = { method: asked.method ?? "GET", headers };
  if (asked.signal) init.signal = asked.signal;
  if (asked.file) {
    headers["Content-Type"] = asked.file.type || "image/png";
    init.body = asked.file;
  } else if (asked.json !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = formatExact(asked.json);
  }
  try {
    return await fetch(address(path, asked.query), init);
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Unreachable(error);
  }
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new Unreachable(error);
  }
}

function refusal(response: Response, text: string): Error {
  // A gateway without a server behind it, or one that is stopping: nothing is wrong with what was asked.
  const isProblem = response.headers.get("Content-Type")?.includes("json") ?? false;
  if (!isProblem && response.status >= 500) return new Unreachable();
  try {
    return new ApiError(response.status, JSON.parse(text) as Problem);
  } catch {
    return new ApiError(response.status, { detail: text.slice(0, 200) });
  }
}
