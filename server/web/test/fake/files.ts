import type { FileReport, Finding, MappingTest } from "../../src/filing/filing";
import type { Options } from "../../src/filing/options";
import type { FakeHost } from "./host";
import { Refusal } from "./host";
import { type FakeJournal, makeLine, round } from "./world";

interface Row {
  date: string;
  text: string;
  amount: number;
  /** Of a table that has them. */
  balance: number;
}

/** The statement files of the fake host: tables with the headings Date, Description and Amount, and perhaps Balance, whose dates leave their order open. */
export class Files {
  /** What was imported for good, as "name" or "name, remembered". */
  readonly imported: string[] = [];
  /** Bytes that a call may have. */
  callSize = 64 << 20;

  constructor(private readonly host: FakeHost) {}

  /** The answer to a call about files; undefined for another. */
  call(name: string, args: readonly unknown[], kwargs: Record<string, unknown>): unknown {
    const [ids, filename, data, options] = args as [number[], string, string, Options];
    if (name === "account.journal.test_mapping") return this.test(read(data), options);
    if (name !== "account.journal.import_statement_file") return undefined;
    const journal = this.host.journals.find(({ id }) => id === ids[0]);
    const test = this.test(read(data), options);
    if (!journal || test.question) throw new Refusal("odoo.exceptions.UserError", `The file cannot be read as a bank statement. ${test.question?.message}`);
    const report = this.report(journal, rowsOf(read(data), options), test);
    if (kwargs["dry_run"]) return report;
    this.imported.push(kwargs["save_mapping"] ? `${filename}, remembered` : filename);
    this.book(journal, report);
    return { ...report, lines: undefined };
  }

  private test(text: string, options: Options): MappingTest {
    const test: MappingTest = { format: "", encoding: "", read_as: {}, headings: [], accounts: [], rows: [], refused: [], findings: [], question: null };
    if (!text.includes(",")) return { ...test, question: { message: "the file is not a statement in a known format (CAMT, CSV)" } };
    const [headings = "", first = ""] = text.split("\n");
    const known = ["Date,Description,Amount", "Date,Description,Amount,Balance"].includes(headings) || options["columns"];
    const found = known ? { columns: options["columns"] || JSON.stringify({ date: "Date", amount: "Amount", reference: "Description" }) } : {};
    Object.assign(test, { format: "csv", encoding: "utf-8", headings: headings.split(","), read_as: { delimiter: ",", ...found } });
    if (!known) return { ...test, question: { option: "columns", message: "its columns are not known by their headings: choose which of them hold the date and the amount" } };
    if (!options["date_order"]) {
      return { ...test, question: { option: "date_order", message: `the date ${first.split(",")[0]} can be read as day/month or as month/day: choose the order of dates` } };
    }
    test.read_as = { ...test.read_as, date_order: options["date_order"], decimal: "." };
    test.findings = provenBy(rowsOf(text, options));
    test.rows = rowsOf(text, options).slice(0, 8).map(({ date, text: payment_ref, amount }) => ({ date, amount: String(amount), payment_ref }));
    return test;
  }

  private report(journal: FakeJournal, rows: Row[], { format, encoding, read_as, findings }: MappingTest): FileReport {
    const lines = rows.filter(({ amount }) => !Number.isNaN(amount)).map(({ date, text, amount }) => {
      const known = journal.lines.some((line) => line.payment_ref === text && line.amount === amount);
      return { date, amount: String(amount), payment_ref: text, state: known ? ("known" as const) : ("new" as const) };
    });
    const fresh = lines.filter(({ state }) => state === "new").length;
    return {
      format, encoding, read_as, new: fresh, known: lines.length - fresh, changed: 0, duplicates: 0, repeated: 0, questions: 0, skipped: 0, pending: 0,
      refused: rows.flatMap(({ amount }, n) => (Number.isNaN(amount) ? [{ line: n + 2, reason: "amount: not an amount" }] : [])), lines, findings,
      ...(fresh === 0 && { message: `Nothing is new: all ${lines.length} transactions of this file are in the journal ${journal.name}.` }),
    };
  }

  private book(journal: FakeJournal, report: FileReport): void {
    for (const line of report.lines ?? []) {
      if (line.state !== "new") continue;
      const before = journal.lines[0];
      const amount = Number(line.amount);
      journal.lines.unshift(makeLine((before?.id ?? journal.id * 100_000) + 1, new Date(line.date), line.payment_ref, "", amount,
        round((before?.running_balance ?? 0) + amount, journal.digits)));
    }
    this.host.say("account.journal/changed", { id: journal.id });
  }
}

function read(data: string): string {
  return atob(data).trim();
}

function rowsOf(text: string, options: Options): Row[] {
  return text.split("\n").slice(1).map((line) => {
    const [date = "", words = "", amount = "", balance = ""] = line.split(",");
    const [one = "", two = "", year = ""] = date.split("/");
    const [day, month] = options["date_order"] === "mdy" ? [two, one] : [one, two];
    return { date: `${year}-${month}-${day}`, text: words, amount: Number(amount), balance: Number(balance) };
  });
}

/** What a column of balances shows. */
function provenBy(rows: Row[]): Finding[] {
  if (rows.every(({ balance }) => balance === 0)) return [];
  const wrong = rows.findIndex(({ balance, amount }, n) => n > 0 && round(balance, 2) !== round((rows[n - 1]?.balance ?? 0) + amount, 2));
  if (wrong < 0) return [{ kind: "proof", code: "balance_column", text: `The balance column agrees with all ${rows.length} rows.` }];
  return [{ kind: "doubt", code: "balance_column_breaks", text: `The balance column agrees with ${rows.length - 1} of ${rows.length} rows. The first that does not is line ${wrong + 2}.` }];
}
