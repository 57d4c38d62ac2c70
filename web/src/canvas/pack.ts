/** Rasters made small, to be kept: exact, whatever their opacity, which picture files are not. */

import type { Raster } from "./raster";

export interface Packed {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 4;
  readonly bytes: ArrayBuffer;
}

export async function pack({ width, height, channels, data }: Raster): Promise<Packed> {
  const squeezed = new Blob([data]).stream().pipeThrough(new CompressionStream("gzip")); // the blob has the pixels as they are now
  return { width, height, channels, bytes: await new Response(squeezed).arrayBuffer() };
}

/** The raster that was packed; rejects where the bytes are not all there. */
export async function unpack({ width, height, channels, bytes }: Packed): Promise<Raster> {
  const data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  if (data.byteLength !== width * height * channels) throw new RangeError("a kept drawing is damaged");
  return { width, height, channels, data: new Uint8ClampedArray(data) };
}
