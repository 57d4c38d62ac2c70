/** Where the pictures of a job stand, and which part of its preview belongs to each. */

import type { Job, JobPicture } from "../../api/types";

export interface Frame {
  place: number;
  picture: JobPicture | undefined;
}

const OVER = ["done", "failed", "cancelled"];

/** A frame for each picture that is there or still to come. */
export function framesOf(job: Job): Frame[] {
  const made = new Map(job.pictures.map((picture) => [picture.place, picture]));
  const places = OVER.includes(job.status) ? [...made.keys()].sort((a, b) => a - b) : range(total(job));
  return places.map((place) => ({ place, picture: made.get(place) }));
}

/** Width by height of a job's pictures, as far as the request says; 1 where it is left to the checkpoint. */
export function ratioOf(job: Job): number {
  const picture = job.pictures[0];
  const [width, height] = picture ? [picture.width, picture.height] : [number(job, "width", 0), number(job, "height", 0)];
  return width && height ? width / height : 1;
}

/** The part of a preview that shows a place: its index and their number; `undefined` where it is not being made just now. */
export function sliceOf(job: Job, place: number, previewRatio: number): { index: number; count: number } | undefined {
  const count = Math.max(1, Math.min(number(job, "batch_size", 1), Math.round(previewRatio / ratioOf(job))));
  const group = Math.floor(place / count);
  return group === Math.floor(job.pictures.length / count) ? { index: place % count, count } : undefined;
}

function total(job: Job): number {
  return number(job, "batch_size", 1) * number(job, "batch_count", 1);
}

function number(job: Job, field: string, otherwise: number): number {
  const value = job.request[field];
  return typeof value === "number" ? value : otherwise;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
