import { describe, expect, it } from "vitest";
import { type BookedLine, differences, type Kind, type Review, sidesOf, type Told } from "./review";

const line = (id: number, over: Partial<BookedLine> = {}): [number, BookedLine] =>
  [id, { id, date: "2026-03-01", amount: -20, payment_ref: "rent", partner_name: false, account_number: false, is_reconciled: false, ...over }];
const row = (id: number, over: Partial<Told> = {}): [number, Told] =>
  [id, { id, date: "2026-03-01", amount: -20, payment_ref: "rent", partner_name: false, account_number: false, status: "posted", ...over }];

const lines = new Map([line(1), line(2, { date: "2026-03-02", is_reconciled: true }), line(3)]);
const told = new Map([row(10, { status: "pending" }), row(11), row(12, { amount: -21 })]);

function review(kind: Kind, over: Partial<Review>): Review {
  return {
    id: 1, kind, reason: "?", journal_id: [1, "Bank"], transaction_id: [11, ""], other_id: false, line_id: false, other_line_id: false, typed_line_id: false, ...over,
  };
}

const shape = (asked: Review) => sidesOf(asked, { lines, told }).map(({ came, place, movement, reconciled }) => [came, place, movement.id, reconciled]);

describe("sidesOf", () => {
  it("compares the two lines of what may be one payment", () => {
    for (const kind of ["other_day", "reissued", "corrected"] as const) {
      expect(shape(review(kind, { line_id: [1, ""], other_line_id: [2, ""] }))).toEqual([["before", "books", 1, false], ["now", "books", 2, true]]);
    }
  });

  it("shows what the bank told where there is no line", () => {
    expect(shape(review("amount_changed", { transaction_id: [10, ""], other_id: [12, ""], other_line_id: [2, ""] }))).toEqual([
      ["before", "pending", 10, false], ["now", "books", 2, true]]);
    expect(shape(review("other_day", { other_id: [12, ""], line_id: [1, ""], other_line_id: [99, "gone"] }))).toEqual([
      ["before", "books", 1, false], ["now", "bank", 12, false]]);
  });

  it("puts what a user typed first, the bank's after it", () => {
    expect(shape(review("typed_by_hand", { line_id: [1, ""], typed_line_id: [3, ""] }))).toEqual([["typed", "books", 3, false], ["now", "books", 1, false]]);
  });

  it("sets a held line against the bank's change, and shows one alone that was taken back", () => {
    expect(shape(review("changed_held", { transaction_id: [12, ""], line_id: [2, ""] }))).toEqual([["before", "books", 2, true], ["now", "bank", 12, false]]);
    expect(shape(review("not_told", { line_id: [1, ""] }))).toEqual([["before", "books", 1, false]]);
    expect(shape(review("removed_held", { transaction_id: [77, ""], line_id: [99, "gone"] }))).toEqual([]);
  });
});

describe("differences", () => {
  it("names what differs between two, and nothing of one", () => {
    const sides = sidesOf(review("reissued", { line_id: [1, ""], other_line_id: [2, ""] }), { lines, told });
    expect([...differences(sides)]).toEqual(["date"]);
    expect(differences(sides.slice(1)).size).toBe(0);
  });
});
