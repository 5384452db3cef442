import { describe, expect, it } from "vitest";
import { makeLine } from "../../test/fake/world";
import { groupByStatement, searchDomain } from "./line";

describe("searchDomain", () => {
  const texts = (text: string) => [
    ["payment_ref", "ilike", text], ["partner_name", "ilike", text], ["account_number", "ilike", text.replace(/\s/g, "")],
  ];

  it("asks for the whole journal without a text", () => {
    expect(searchDomain(4, "  ")).toEqual([["journal_id", "=", 4]]);
  });

  it("looks for a text in label, partner and account number", () => {
    expect(searchDomain(4, " city water ")).toEqual([["journal_id", "=", 4], "|", "|", ...texts("city water")]);
  });

  it.each([
    ["12", 12], ["1234.56", 1234.56], ["1.234,56", 1234.56], ["1,234.56", 1234.56], ["-12,5", 12.5], ["€ 40", 40], ["1.234", 1234],
  ])("looks for %s as an amount of either sign too", (text, amount) => {
    expect(searchDomain(4, text)).toEqual([
      ["journal_id", "=", 4], "|", "|", "|", "|", ...texts(text), ["amount", "=", amount], ["amount", "=", -amount],
    ]);
  });

  it.each([["invoice 12"], ["12a"], ["--3"]])("takes %s for a text only", (text) => {
    expect(searchDomain(4, text)).toHaveLength(6);
  });
});

describe("groupByStatement", () => {
  it("groups neighbours, and keeps lines without a statement apart", () => {
    const line = (id: number, statement: number | null) => ({
      ...makeLine(id, new Date(0), "x", "y", 1, 1), statement_id: statement === null ? (false as const) : ([statement, `S${statement}`] as [number, string]),
    });
    const groups = groupByStatement([line(9, 2), line(8, 2), line(7, null), line(6, 1), line(5, 2)]);
    expect(groups.map(({ name, lines }) => [name, lines.map(({ id }) => id)])).toEqual([
      ["S2", [9, 8]], [null, [7]], ["S1", [6]], ["S2", [5]],
    ]);
    expect(groupByStatement([])).toEqual([]);
  });
});
