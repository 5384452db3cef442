import { describe, expect, it } from "vitest";
import { Runs } from "./runs";

const finished = (outcome: string, created = 0) => ({ outcome, created, error_message: false, error_reference: false });

describe("Runs", () => {
  it("shows a press at once, then progress, then the end", () => {
    const runs = new Runs();
    runs.ask([1]);
    expect(runs.activity(1)).toEqual({ is: "running", fetched: 0, of: null, percent: null });
    runs.assign(8, [1]);
    runs.answered([1]);
    runs.heard(8, { fetched: 40, of: 100, percent: 40 }, false);
    expect(runs.activity(1)).toEqual({ is: "running", fetched: 40, of: 100, percent: 40 });
    runs.heard(8, finished("ok", 12), true);
    expect(runs.activity(1)).toEqual({ is: "finished", outcome: "ok", created: 12, errorMessage: null, errorReference: null });
    expect(runs.activity(2)).toEqual({ is: "idle" });
  });

  it("takes a run that ended before the answer named it, and lets no late progress reopen it", () => {
    const runs = new Runs();
    runs.ask([1]);
    runs.heard(8, finished("nothing_new"), true);
    runs.heard(8, { percent: 50 }, false);
    runs.assign(8, [1]);
    expect(runs.activity(1)).toEqual({ is: "running", fetched: 0, of: null, percent: 100 });
    runs.answered([1]);
    expect(runs.activity(1)).toMatchObject({ is: "finished", outcome: "nothing_new" });
    expect(runs.open()).toEqual([]);
  });

  it("adds up several runs of one journal and names the gravest end", () => {
    const runs = new Runs();
    runs.assign(1, [5]);
    runs.assign(2, [5]);
    runs.heard(1, { fetched: 10, of: 20, percent: 50 }, false);
    runs.heard(2, { fetched: 30, of: 30, percent: 100 }, false);
    expect(runs.activity(5)).toEqual({ is: "running", fetched: 40, of: 50, percent: 75 });
    runs.heard(1, finished("ok", 20), true);
    expect(runs.activity(5)).toMatchObject({ is: "running" });
    runs.heard(2, { ...finished("bank_unavailable"), error_message: "closed", error_reference: "GS-2" }, true);
    expect(runs.activity(5)).toEqual({ is: "finished", outcome: "bank_unavailable", created: 20, errorMessage: "closed", errorReference: "GS-2" });
  });

  it("forgets old results at the next press and when dismissed", () => {
    const runs = new Runs();
    runs.assign(1, [5]);
    runs.heard(1, finished("ok", 3), true);
    runs.dismiss(5);
    expect(runs.activity(5)).toEqual({ is: "idle" });
    runs.assign(2, [5]);
    runs.heard(2, finished("failed"), true);
    runs.ask([5]);
    runs.answered([5]);
    expect(runs.activity(5)).toEqual({ is: "idle" });
  });

  it("gives the same object while nothing changed for the journal", () => {
    const runs = new Runs();
    runs.assign(1, [5]);
    runs.heard(1, { percent: 10 }, false);
    const before = runs.activity(5);
    runs.heard(2, { percent: 90 }, false);
    expect(runs.activity(5)).toBe(before);
  });
});
