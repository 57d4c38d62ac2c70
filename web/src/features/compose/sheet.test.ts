import { describe, expect, it, vi } from "vitest";
import type { Job } from "../../api/types";
import type { Studio } from "../../state/studio.svelte";
import { searchPictures } from "../../api/pictures";
import { Sheet } from "./sheet.svelte";

vi.mock("../../api/pictures", () => ({ searchPictures: vi.fn() }));

function job(id: string, request: object, places: number[], status = "done"): Job {
  const pictures = places.map((place) => ({ id: `${id}${place}`, place, width: 64, height: 64 }));
  return { id, status, request, pictures } as unknown as Job;
}

/** A studio with two batches, the newer first; the first picture is in hand. */
function studioOf(jobs = [job("b", { seed: 7 }, [0, 1, 2, 3]), job("a", { seed: 18446744073709551615n }, [1, 0])]): Studio {
  const work = { picture: undefined as unknown, take: (picture: unknown) => (work.picture = picture) };
  return {
    jobs: { keyed: () => jobs },
    keyOf: () => "1.compose.",
    work,
    mark: vi.fn(),
    trash: vi.fn(),
    send: vi.fn(),
  } as unknown as Studio;
}

function sheetAt(id: string, studio = studioOf()): Sheet {
  const sheet = new Sheet(studio);
  sheet.look(id);
  return sheet;
}

describe("a contact sheet", () => {
  it("shows the batches with the newest first, each in the order of its places", () => {
    expect(new Sheet(studioOf()).cells.map(({ picture }) => picture.id)).toEqual(["b0", "b1", "b2", "b3", "a0", "a1"]);
  });

  it("leaves out batches that ended with nothing to show, but not those that failed", () => {
    const jobs = [job("x", {}, [], "cancelled"), job("y", {}, [], "failed"), job("z", {}, [], "queued")];
    expect(new Sheet(studioOf(jobs)).jobs.map(({ id }) => id)).toEqual(["y", "z"]);
  });

  it("knows the seed of each picture", () => {
    const sheet = new Sheet(studioOf());
    expect(sheet.cells.map((cell) => sheet.seedOf(cell))).toEqual([7, 8, 9, 10, 18446744073709551615n, 0]);
  });

  it("knows that variations share their seed", () => {
    const sheet = new Sheet(studioOf([job("v", { seed: 7, variation: { seed: 1, strength: 0.2 } }, [0, 1])]));
    expect(sheet.cells.map((cell) => sheet.seedOf(cell))).toEqual([7, 7]);
    expect(sheet.cells.map((cell) => sheet.labelOf(cell))).toEqual(["~ 1", "~ 2"]);
  });

  it("takes what is looked at in hand", () => {
    const studio = studioOf();
    expect(sheetAt("b2", studio).current?.picture.id).toBe("b2");
    expect(studio.work.picture).toEqual({ id: "b2", width: 64, height: 64, from: "library" });
  });
});

describe("reading the marks", () => {
  const entry = (id: string): object => ({ id, rating: 3, flag: "" });
  const answer = (found: Record<string, string[]>): void => {
    vi.mocked(searchPictures).mockImplementation((asked) =>
      Promise.resolve({ pictures: (found[asked.query.replace("job:", "")] ?? []).map(entry), next: "" } as never),
    );
  };

  it("hides what is in the trash", async () => {
    answer({ b: ["b0", "b2", "b3"], a: ["a0", "a1"] });
    const sheet = new Sheet(studioOf());
    await sheet.load();
    expect(sheet.cells.map(({ picture }) => picture.id)).toEqual(["b0", "b2", "b3", "a0", "a1"]);
    expect(sheet.markOf("b0").rating).toBe(3);
  });

  it("shows a picture with both batches that made it, though the library has it once", async () => {
    const twin = { ...job("b", { seed: 7 }, [0]), id: "b-again" } as Job;
    answer({ "b-again": ["b0"] });
    const sheet = new Sheet(studioOf([twin, job("b", { seed: 7 }, [0])]));
    await sheet.load();
    expect(sheet.cells.map(({ job: made }) => made.id)).toEqual(["b-again", "b"]);
  });
});

describe("sorting pictures", () => {
  it("rates and flags what is looked at, at once", () => {
    const studio = studioOf();
    const sheet = sheetAt("b1", studio);
    sheet.mark({ rating: 4 });
    sheet.flag("pick");
    expect(sheet.markOf("b1")).toEqual({ rating: 4, flag: "pick" });
    expect(studio.mark).toHaveBeenLastCalledWith(["b1"], { flag: "pick" });
  });

  it("takes a flag away by the same key", () => {
    const sheet = sheetAt("b1");
    sheet.flag("reject");
    sheet.flag("reject");
    expect(sheet.markOf("b1").flag).toBe("");
  });

  it("goes on to the next picture after one was put into the trash", async () => {
    const sheet = sheetAt("b1");
    await sheet.trash();
    expect(sheet.current?.picture.id).toBe("b2");
    expect(sheet.find("b1")).toBeUndefined();
  });
});

describe("comparing", () => {
  it("lays the batch side by side, beginning with what is looked at", () => {
    const sheet = sheetAt("b2");
    sheet.compare();
    expect(sheet.compared).toEqual(["b2", "b3", "b0", "b1"]);
  });

  it("prefers what was picked, and still more what was chosen", () => {
    const sheet = sheetAt("b0");
    sheet.flag("pick");
    sheet.look("b3");
    sheet.flag("pick");
    sheet.compare();
    expect(sheet.compared).toEqual(["b0", "b3"]);
    sheet.compare();
    sheet.choose("a0");
    sheet.choose("b1");
    sheet.compare();
    expect(sheet.compared).toEqual(["a0", "b1"]);
  });

  it("steps among the pictures side by side", () => {
    const sheet = sheetAt("b2");
    sheet.compare();
    sheet.step(1);
    expect(sheet.current?.picture.id).toBe("b3");
    sheet.step(-1);
    sheet.step(-1);
    expect(sheet.current?.picture.id).toBe("b2");
  });

  it("leafs through the whole sheet where one picture is looked at alone", () => {
    const sheet = sheetAt("b3");
    sheet.magnify();
    sheet.step(1);
    expect(sheet.compared).toEqual(["a0"]);
  });
});
