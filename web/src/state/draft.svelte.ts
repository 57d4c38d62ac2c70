/** Settings that the artist is working on, of one stage: kept as they change, known from their defaults. */

import type { Storage } from "./storage";

export class Draft<T extends object> {
  /** The settings; change its fields, or put another object in its place. */
  value: T = $state() as T;
  readonly defaults: Readonly<T>;
  readonly #storage: Storage;
  readonly #key: string;

  /** Begins with what was kept, as far as it has the defaults' fields; `from` is where to read it first. */
  constructor(storage: Storage, key: string, defaults: T, from = storage) {
    this.#storage = storage;
    this.#key = key;
    this.defaults = Object.freeze(structuredClone(defaults));
    this.value = { ...structuredClone(defaults), ...known(from.read(key), defaults) };
  }

  /** Keep the settings whenever they change; to be called once, within an effect's root. */
  keep(): void {
    $effect(() => this.#storage.write(this.#key, $state.snapshot(this.value)));
  }

  /** Whether a field differs from its default. */
  differs(field: keyof T): boolean {
    return JSON.stringify(this.value[field], plain) !== JSON.stringify(this.defaults[field], plain);
  }

  /** How many of these fields differ from their defaults. */
  differing(fields: readonly (keyof T)[]): number {
    return fields.filter((field) => this.differs(field)).length;
  }

  reset(field: keyof T): void {
    this.value[field] = structuredClone(this.defaults[field]);
  }

  /** Take over the fields that another record has, too: a request's, for one. */
  adopt(other: object): void {
    Object.assign(this.value, known(structuredClone(other), this.defaults));
  }
}

/** Those fields of a record that the defaults have with a value of the same sort. */
function known<T extends object>(record: unknown, defaults: T): Partial<T> {
  if (typeof record !== "object" || record === null) return {};
  const fields = Object.entries(record).filter(([name, value]) => {
    if (!(name in defaults)) return false;
    const wanted = defaults[name as keyof T];
    return wanted === null || value === null || sort(value) === sort(wanted);
  });
  return Object.fromEntries(fields) as Partial<T>;
}

function sort(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
