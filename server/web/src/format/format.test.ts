import { describe, expect, it } from "vitest";
import { accountNumber, formatter, instantOf } from "./format";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("size", () => {
  it.each([[400, "0.4 kB"], [999_999, "999.9 kB"], [1_000_000, "1 MB"], [50_313_216, "50.3 MB"], [1_580_000, "1.5 MB"]])("writes %d bytes as %s", (bytes, text) => {
    expect(formatter("en-US").size(bytes)).toBe(text);
  });
});

describe("formatter", () => {
  it.each([
    ["en-US", 1234.5, "EUR", 2, "€1,234.50"],
    ["nl-NL", -1234.5, "EUR", 2, "€ -1.234,50"],
    ["en-US", 804272, "JPY", 0, "¥804,272"],
    ["en-US", 1305.18, "BHD", 3, "BHD 1,305.180"],
    ["en-US", -0, "USD", 2, "$0.00"],
    ["en-US", 12, "", 2, "12.00"],
  ])("%s writes %d %s with %d digits as %s", (locale, amount, currency, digits, text) => {
    expect(plain(formatter(locale).money(amount, currency, digits))).toBe(text);
  });

  it("shows a civil date as that day in every zone", () => {
    for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]) {
      expect(formatter("en-US", zone).date("2026-11-01")).toBe("Nov 1, 2026");
    }
  });

  it("shows an instant in the reader's zone, with its day unless today", () => {
    const format = formatter("en-US", "Europe/Brussels");
    const now = new Date("2026-11-23T11:00:00Z");
    expect(format.moment(new Date("2026-11-23T08:00:00Z"), now)).toBe("09:00");
    expect(format.moment(new Date("2026-11-22T22:59:00Z"), now)).toBe("Nov 22, 23:59");
    expect(format.moment(new Date("2026-11-22T23:01:00Z"), now)).toBe("00:01");
  });

  it("falls back to the browser's zone for one that it does not know", () => {
    expect(() => formatter("en-US", "Mars/Olympus").moment(new Date())).not.toThrow();
  });

  it("says how far off an instant is", () => {
    const now = new Date("2026-11-23T11:00:00Z");
    expect(formatter("en-US").relative(new Date("2026-11-23T23:00:00Z"), now)).toBe("in 12 hours");
    expect(formatter("nl-NL").relative(new Date("2026-11-23T10:58:00Z"), now)).toBe("2 minuten geleden");
  });
});

describe("instantOf", () => {
  it.each([
    ["2026-11-23 09:00:00", "2026-11-23T09:00:00.000Z"],
    ["2026-11-23T09:00:00Z", "2026-11-23T09:00:00.000Z"],
    ["2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00.000Z"],
  ])("reads %s", (text, iso) => expect(instantOf(text)?.toISOString()).toBe(iso));

  it.each([[false], [null], [""], ["soon"]] as const)("reads %s as nothing", (text) => expect(instantOf(text)).toBeNull());
});

describe("accountNumber", () => {
  it.each([
    ["BE68539007547034", "BE68 5390 0754 7034"],
    ["BE68 5390 0754 7034", "BE68 5390 0754 7034"],
    ["000123456789", "000123456789"],
  ])("writes %s as %s", (raw, text) => expect(accountNumber(raw)).toBe(text));
});
