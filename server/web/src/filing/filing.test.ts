import { describe, expect, it } from "vitest";
import { commandFor, largestFile } from "./filing";
import { inBase64, sampleOf } from "./readFile";

describe("largestFile", () => {
  it("leaves room for base64 and for the rest of the call", () => {
    const most = largestFile(64 << 20);
    expect(Math.ceil(most / 3) * 4).toBeLessThanOrEqual((64 << 20) - 8192);
    expect(most).toBeGreaterThan(47 << 20);
    expect(largestFile(1024)).toBe(0);
  });
});

describe("commandFor", () => {
  it.each([
    ["april.xml", "girosync import april.xml --db books --journal BNK1"],
    ["my april (1).csv", "girosync import 'my april (1).csv' --db books --journal BNK1"],
    ["o'hara;rm.csv", "girosync import 'o'\\''hara;rm.csv' --db books --journal BNK1"],
    ["-x.csv", "girosync import '-x.csv' --db books --journal BNK1"],
  ])("quotes %s", (file, command) => {
    expect(commandFor(file, "books", "BNK1")).toBe(command);
  });
});

describe("reading a file", () => {
  it("gives base64 of its bytes, of none too", async () => {
    expect(await inBase64(new Blob([new Uint8Array([0, 255, 10])]), () => {})).toBe("AP8K");
    expect(await inBase64(new Blob([]), () => {})).toBe("");
  });

  it("takes whole lines from the beginning of a large text, and all of anything else", async () => {
    const small = new Blob(["a,b\n1,2"]);
    expect(await sampleOf(small)).toBe(small);
    const large = new Blob(["2026-01-01,groceries,-12.50\n".repeat(60_000)]);
    const sample = await sampleOf(large);
    expect(sample.size).toBeLessThanOrEqual(1 << 18);
    expect(sample.size % 28).toBe(0);
    const packed = new Blob([new Uint8Array(2 << 20)]);
    expect(await sampleOf(packed)).toBe(packed);
  });
});
