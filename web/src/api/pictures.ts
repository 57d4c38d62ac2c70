/** `/api/pictures` and `/api/bitmaps`: what was made, and what requests begin with. */

import { address, call, fetchBlob } from "./client";
import type { Bitmap, Entries, Entry, Family, Story, Told } from "./types";

export type Order = "newest" | "oldest" | "rating";

export interface Marks {
  rating?: number;
  flag?: "" | "pick" | "reject";
  tag?: string[];
  untag?: string[];
  collect?: string;
  scatter?: string;
}

/** Some of the pictures that a query finds, in an order. */
export interface Search {
  query: string;
  order: Order;
  /** How many come before. */
  skip: number;
  /** 500 at most. */
  limit: number;
}

export function searchPictures(asked: Search, signal?: AbortSignal): Promise<Entries> {
  return call("/api/pictures", { query: { ...asked }, ...(signal && { signal }) });
}

export function getEntry(id: string): Promise<Entry> {
  return call(`/api/pictures/${id}/entry`);
}

/** How a picture was made, as its file tells. */
export function getStory(id: string): Promise<Story> {
  return call(`/api/pictures/${id}`);
}

export function getFamily(id: string): Promise<Family> {
  return call(`/api/pictures/${id}/lineage`);
}

export function markPictures(ids: readonly string[], marks: Marks): Promise<Entry[]> {
  return call("/api/pictures/mark", { method: "POST", json: { ids, ...marks } });
}

export function trashPictures(ids: readonly string[]): Promise<Entry[]> {
  return call("/api/pictures/trash", { method: "POST", json: { ids } });
}

export function restorePictures(ids: readonly string[]): Promise<Entry[]> {
  return call("/api/pictures/restore", { method: "POST", json: { ids } });
}

/** Keep a picture file for requests to begin with. */
export function keepBitmap(file: Blob): Promise<Bitmap> {
  return call("/api/bitmaps", { method: "POST", file });
}

/** What a picture file tells of its making; its pixels are not kept. */
export function readPicture(file: Blob): Promise<Told> {
  return call("/api/pictures/read", { method: "POST", file });
}

export function pictureUrl(id: string): string {
  return `/api/pictures/${id}/file`;
}

/** A picture as a file to be given away. */
export interface Export {
  format: "png" | "jpeg" | "webp";
  /** 1 to 100; PNG is lossless. */
  quality: number;
  /** Whether it carries its settings. */
  metadata: boolean;
}

export function exportUrl(id: string, { format, quality, metadata }: Export): string {
  return address(pictureUrl(id), { format, quality, metadata, download: true });
}

export function bitmapUrl(id: string): string {
  return `/api/bitmaps/${id}/file`;
}

export function thumbnailUrl(id: string, side: 128 | 256 | 512 = 256): string {
  return `/api/pictures/${id}/thumbnail?side=${side}`;
}

/** The pixels of a finished picture, as its file. */
export function fetchPicture(id: string): Promise<Blob | undefined> {
  return fetchBlob(pictureUrl(id));
}

/** The pixels of a picture that is kept for requests to begin with, as its file. */
export function fetchBitmap(id: string): Promise<Blob | undefined> {
  return fetchBlob(bitmapUrl(id));
}
