import { expect, it } from "vitest";
import { settingsOf } from "./drafts";

it("takes out of a request's options what a draft has beside its other settings", () => {
  expect(settingsOf({ steps: 30, sampling: { eta: 0, deep_cache: 3, fp8: true } })).toMatchObject({ steps: 30, deep_cache: 3, fp8: true });
});

it("leaves a draft as it is where a request says nothing of them", () => {
  expect(settingsOf({ kind: "adjust" })).toEqual({ kind: "adjust" });
});
