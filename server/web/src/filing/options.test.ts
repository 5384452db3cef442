import { describe, expect, it } from "vitest";
import { chosenFor, columnChoices, columnsOf, merged, withColumns } from "./options";

describe("columnsOf", () => {
  it.each([[undefined, {}], ["", {}], ["no json", {}], ["[1]", {}], ["null", {}], ['{"date":"Day","reference":["A","B"]}', { date: "Day", reference: ["A", "B"] }]])(
    "reads %s", (columns, want) => {
      expect(columnsOf(columns === undefined ? {} : { columns })).toEqual(want);
    });
});

describe("withColumns", () => {
  const columns = { date: "Day", reference: ["A", "B"], amount: 3, category: "C" };

  it("lets one column mean one thing, and keeps roles that the form does not show", () => {
    expect(withColumns(columns, "counterparty", ["A"])).toEqual({ date: "Day", reference: "B", amount: "3", category: "C", counterparty: "A" });
    expect(withColumns(columns, "value_date", ["Day"])).toEqual({ reference: ["A", "B"], amount: "3", category: "C", value_date: "Day" });
  });

  it("gives the text several columns, and takes a role away", () => {
    expect(chosenFor(withColumns(columns, "reference", ["A", "B", "D"]), "reference")).toEqual(["A", "B", "D"]);
    expect(withColumns({ date: "Day", amount: 3 }, "amount", [])).toEqual({ date: "Day" });
    expect(chosenFor({}, "date")).toEqual([]);
  });
});

describe("columnChoices", () => {
  const word = (n: number) => `Column ${n}`;

  it("names by heading, by number where that is none of its own", () => {
    expect(columnChoices(["Day", "Text", "text", ""], false, word)).toEqual([
      { value: "Day", label: "Day" }, { value: "2", label: "Text (2)" }, { value: "3", label: "text (3)" }, { value: "4", label: "Column 4" }]);
  });

  it("names by number without headings, showing what stands there", () => {
    expect(columnChoices(["01/02/2026", "5"], true, word)).toEqual([{ value: "1", label: "Column 1: 01/02/2026" }, { value: "2", label: "Column 2: 5" }]);
    expect(columnChoices([], true, word)).toHaveLength(12);
  });
});

describe("merged", () => {
  it("puts choices over what was found, but for empty ones", () => {
    expect(merged({ decimal: ".", columns: "{}" }, { decimal: ",", columns: "" })).toEqual({ decimal: ",", columns: "{}" });
  });
});
