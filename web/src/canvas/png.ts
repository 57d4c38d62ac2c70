/** Rasters as picture files, and picture files as rasters. */

import { greyPicture } from "./compose";
import type { Size } from "./geometry";
import { createRaster, type Raster } from "./raster";

export function encodePng(raster: Raster): Promise<Blob> {
  const { width, height, data } = raster.channels === 1 ? greyPicture(raster) : raster;
  const context = context2d(width, height);
  context.putImageData(new ImageData(data, width, height), 0, 0);
  return context.canvas.convertToBlob({ type: "image/png" });
}

/** A picture file as it is, without colour management: what the server's pixels say is what is painted over. */
export function decodePicture(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, { colorSpaceConversion: "none" });
}

/** A picture as a raster, drawn into a size. */
export function rasterOf(picture: ImageBitmap, size: Size = picture): Raster {
  const context = context2d(size.width, size.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, size.width, size.height);
  const raster = createRaster(size, 4);
  raster.data.set(context.getImageData(0, 0, size.width, size.height).data);
  return raster;
}

function context2d(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no memory for another canvas");
  return context;
}
