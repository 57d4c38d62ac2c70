import { describe, expect, it } from "vitest";
import { boundsOf, dateValue, rangeValue } from "./dates";

describe("dates of a search", () => {
  const now = new Date(2026, 2, 3, 23, 59);

  it("go back whole days, this one among them", () => {
    expect(dateValue("today", now)).toBe("2026-03-03");
    expect(dateValue("week", now)).toBe(">=2026-02-25");
    expect(dateValue("month", now)).toBe(">=2026-02-02");
    expect(dateValue("year", now)).toBe("2026");
  });

  it("have bounds that may be open", () => {
    expect(boundsOf(rangeValue("2026-01-02", ""))).toEqual({ from: "2026-01-02", to: "" });
    expect(boundsOf(rangeValue("", "2026-01-02"))).toEqual({ from: "", to: "2026-01-02" });
    expect(rangeValue("", "")).toBe("");
    expect(boundsOf(">=2026-01-02")).toEqual({ from: "", to: "" });
  });
});
