import { describe, expect, it } from "vitest";
import { ApiError } from "../../api/client";
import { fromFailure, problemElsewhere, problemOf, toRefusal } from "./refusal";

const SAMPLER = new ApiError(422, { detail: "unknown sampler 'Eul'", field: "request.sampler", remedy: "Correct the field." });

describe("a refusal", () => {
  it("stands beside its field, without a remedy that is plain", () => {
    const refusal = toRefusal(SAMPLER);
    expect(problemOf(refusal, "sampler")).toBe("Unknown sampler 'Eul'.");
    expect(problemOf(refusal, "steps")).toBe("");
  });

  it("names fields within fields", () => {
    expect(toRefusal(new ApiError(422, { detail: "no", field: "request.hires.steps" }))?.field).toBe("hires.steps");
  });

  it("is of a workflow's stage without a word of the workflow", () => {
    const unknown = toRefusal(new ApiError(422, { detail: "stages.upscale: unknown upscaler 'x'", field: "stages.upscale.upscaler" }));
    expect(unknown).toEqual({ field: "upscaler", message: "Unknown upscaler 'x'." });
    const detail = "workflow: line 1, column 64: stages.upscale: tile: must be 0 or more";
    expect(toRefusal(new ApiError(422, { detail, field: "stages.upscale.tile" }))?.message).toBe("Tile: must be 0 or more.");
  });

  it("tells the remedy where no field is to blame", () => {
    const refusal = toRefusal(new ApiError(429, { detail: "too many jobs wait", remedy: "Wait for some of them." }));
    expect(problemElsewhere(refusal, ["sampler"])).toBe("Too many jobs wait. Wait for some of them.");
  });

  it("is told elsewhere where its field is not shown", () => {
    const refusal = toRefusal(SAMPLER);
    expect(problemElsewhere(refusal, ["sampler"])).toBe("");
    expect(problemElsewhere(refusal, ["steps"])).toBe("Unknown sampler 'Eul'.");
  });

  it("keeps the place in a prompt", () => {
    expect(toRefusal(new ApiError(422, { detail: "x", field: "request.prompt", position: 12 }))?.position).toBe(12);
  });

  it("is made of a job's failure, too", () => {
    expect(fromFailure({ kind: "UnknownModel", message: "no such checkpoint", field: "checkpoint" })).toEqual({
      field: "checkpoint", message: "No such checkpoint.",
    });
  });

  it("is none where the server did not refuse", () => {
    expect(toRefusal(new TypeError("x"))).toBeUndefined();
  });
});
