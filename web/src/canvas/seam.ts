/** Where a result and its original meet: the ring in which the mask lets both through. */

import { createRaster, type Raster } from "./raster";
import { feather } from "./mask";

/** The ring around a mask as a mask of its own, whitest where both show alike. */
export function seamRing(mask: Raster, reach: number): Raster {
  const ring = createRaster(mask, 1);
  ring.data.set(mask.data);
  feather(ring, Math.max(2, reach));
  for (let at = 0; at < ring.data.length; at += 1) {
    const value = ring.data[at] ?? 0;
    ring.data[at] = 2 * Math.min(value, 255 - value);
  }
  return ring;
}
