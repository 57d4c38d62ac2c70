/** `/api/library`: counts, labels, imports. */

import { call } from "./client";
import type { Import, Label } from "./types";

export async function countPictures(query: string): Promise<number> {
  return (await call<{ count: number }>("/api/library/count", { query: { query } })).count;
}

export function listTags(): Promise<Label[]> {
  return call("/api/library/tags");
}

export function listCollections(): Promise<Label[]> {
  return call("/api/library/collections");
}

export function dropCollection(name: string): Promise<Label[]> {
  return call("/api/library/collections/drop", { method: "POST", json: { name } });
}

export function listFolders(): Promise<string[]> {
  return call("/api/library/folders");
}

export function getImport(): Promise<Import> {
  return call("/api/library/import");
}

export function startImport(folder: string): Promise<Import> {
  return call("/api/library/import", { method: "POST", json: { folder, copy: false, thumbnails: true } });
}

/** Delete what is in the trash for good: the pictures named, or all of it. */
export async function purgeTrash(ids?: readonly string[]): Promise<number> {
  return (await call<{ count: number }>("/api/pictures/purge", { method: "POST", json: ids ? { ids } : {} })).count;
}
