import { describe, expect, it, vi } from "vitest";
import { MemoryArea } from "./memory";
import { Storage } from "./storage";

describe("Storage", () => {
  it("gives back what was kept, large seeds included", () => {
    const storage = new Storage(new MemoryArea(), "v/", vi.fn());
    storage.write("draft", { seed: 2n ** 64n - 1n, prompt: "5n" });
    expect(storage.read("draft")).toEqual({ seed: 2n ** 64n - 1n, prompt: "5n" });
  });

  it("tells that there is no room, and keeps what was there", () => {
    const full = vi.fn();
    const storage = new Storage(new MemoryArea(20), "v/", full);
    storage.write("draft", "short");
    storage.write("draft", "x".repeat(50));
    expect(full).toHaveBeenCalledWith("draft");
    expect(storage.read("draft")).toBe("short");
  });

  it("takes what it cannot read for nothing", () => {
    const area = new MemoryArea();
    area.setItem("v/draft", "{broken");
    expect(new Storage(area, "v/", vi.fn()).read("draft")).toBeUndefined();
  });

  it("keeps two tabs' drafts apart", () => {
    const root = new Storage(new MemoryArea(), "v/", vi.fn());
    root.within("1").write("draft", "first");
    root.within("2").write("draft", "second");
    expect(root.within("1").read("draft")).toBe("first");
  });
});
