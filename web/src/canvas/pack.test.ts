import { expect, it } from "vitest";
import { pack, unpack } from "./pack";
import { createRaster } from "./raster";

it("comes back byte for byte, faint colours included, and is small where little is drawn", async () => {
  const raster = createRaster({ width: 200, height: 100 }, 4);
  raster.data.set([201, 3, 77, 1, 9, 8, 7, 0], 4000);
  const packed = await pack(raster);
  expect(packed.bytes.byteLength).toBeLessThan(1000);
  const back = await unpack(packed);
  expect(back.data.join()).toBe(raster.data.join());
  expect([back.width, back.height, back.channels]).toEqual([200, 100, 4]);
});

it("holds the pixels of the moment it was asked", async () => {
  const raster = createRaster({ width: 50, height: 50 }, 1);
  const packing = pack(raster);
  raster.data.fill(255);
  expect((await unpack(await packing)).data[0]).toBe(0);
});

it("refuses what is damaged", async () => {
  const packed = await pack(createRaster({ width: 20, height: 10 }, 1));
  await expect(unpack({ ...packed, width: 21 })).rejects.toThrow("damaged");
});
