import { describe, expect, it } from "vitest";
import type { Family, Request } from "../api/types";
import { latest, layOut, substitute } from "./trail.svelte";

const edge = (parent: string, child: string, role = "image"): Family["edges"][number] => ({ parent, child, role });
const family: Family = { edges: [edge("a", "b"), edge("b", "c"), edge("b", "d"), edge("m", "b", "mask")], known: ["a", "b", "c", "d"] };

function placed(replaced: Record<string, string> = {}): Record<string, [number, number, boolean]> {
  return Object.fromEntries(layOut(family, replaced).map((node) => [node.id, [node.depth, node.row, node.isStale]]));
}

describe("layOut", () => {
  it("gives each generation a column and each branch a row", () => {
    const { a, b, c, d } = placed();
    expect([a, b, c, d]).toEqual([[0, 0, false], [1, 0, false], [2, 0, false], [2, 1, false]]);
  });

  it("takes the picture for the parent, not the mask", () => {
    expect(layOut(family, {}).find((node) => node.id === "b")?.parent).toBe("a");
  });

  it("knows which pictures are not in the library", () => {
    expect(layOut(family, {}).find((node) => node.id === "m")?.isKnown).toBe(false);
  });

  it("marks as stale what was made from a picture that was replaced", () => {
    const { a, b, c, d } = placed({ b: "b2" });
    expect([a?.[2], b?.[2], c?.[2], d?.[2]]).toEqual([false, false, true, true]);
  });

  it("ends with pictures that claim to be their own ancestors", () => {
    const circle: Family = { edges: [edge("a", "b"), edge("b", "a")], known: ["a", "b"] };
    expect(layOut(circle, {}).length).toBeLessThanOrEqual(2);
  });
});

describe("substitute", () => {
  it("puts the newest picture in an older one's place, and leaves the rest", () => {
    const request = { kind: "inpaint", prompt: "x", image: { id: "a" }, mask: { id: "m" }, soft: null } as unknown as Request;
    expect(substitute(request, { a: "b", b: "c" })).toEqual({ ...request, image: { id: "c" } });
  });

  it("is not caught in a circle", () => {
    expect(["a", "b"]).toContain(latest("a", { a: "b", b: "a" }));
  });
});
