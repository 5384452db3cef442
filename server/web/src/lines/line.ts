import type { Client, Domain, Many2one } from "../rpc/client";

/** One bank transaction in the books. Dates are civil. */
export interface Line {
  id: number;
  date: string;
  payment_ref: string | false;
  partner_name: string | false;
  partner_id: Many2one;
  amount: number;
  running_balance: number;
  statement_id: Many2one;
  is_reconciled: boolean;
}

export interface Statement {
  id: number;
  name: string | false;
  date: string | false;
  balance_start: number;
  balance_end_real: number;
  is_complete: boolean;
  is_valid: boolean;
  problem_description: string | false;
}

export const pageSize = 80;
export const linesKey = ["lines"] as const;

const lineFields = [
  "date", "payment_ref", "partner_name", "partner_id", "amount", "running_balance", "statement_id", "is_reconciled",
];
const statementFields = ["name", "date", "balance_start", "balance_end_real", "is_complete", "is_valid", "problem_description"];

/** Lines of a journal whose label, partner, reference or amount has the text; all when it is empty. */
export function searchDomain(journal: number, text: string): Domain {
  const inJournal = ["journal_id", "=", journal];
  const words = text.trim();
  if (!words) return [inJournal];
  const leaves: Domain = [
    ["payment_ref", "ilike", words],
    ["partner_name", "ilike", words],
    ["account_number", "ilike", words.replace(/\s+/g, "")],
    ...amountsOf(words).map((amount) => ["amount", "=", amount]),
  ];
  return [inJournal, ...Array.from({ length: leaves.length - 1 }, () => "|"), ...leaves];
}

/** Newest first, as the model orders them. @param page counted from 1 */
export function linesOf(client: Client, journal: number, text: string, page: number): Promise<Line[]> {
  const window = { limit: pageSize, offset: (page - 1) * pageSize };
  return client.searchRead<Line>("account.bank.statement.line", searchDomain(journal, text), lineFields, window);
}

export function countLines(client: Client, journal: number, text: string): Promise<number> {
  return client.searchCount("account.bank.statement.line", searchDomain(journal, text));
}

export async function statementsOf(client: Client, ids: readonly number[]): Promise<Map<number, Statement>> {
  const rows = await client.searchRead<Statement>("account.bank.statement", [["id", "in", ids]], statementFields);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Consecutive lines of one statement. */
export interface Group {
  statement: number | null;
  name: string | null;
  lines: Line[];
}

export function groupByStatement(lines: readonly Line[]): Group[] {
  const groups: Group[] = [];
  for (const line of lines) {
    const statement = line.statement_id ? line.statement_id[0] : null;
    const open = groups.at(-1);
    if (open && open.statement === statement) open.lines.push(line);
    else groups.push({ statement, name: line.statement_id ? line.statement_id[1] : null, lines: [line] });
  }
  return groups;
}

/** "1.234,56" and "1,234.56" are amounts, with either sign; "invoice 12" is not. */
function amountsOf(text: string): number[] {
  const plain = text.replace(/[\s€$£]/g, "");
  if (!/^[-+−]?\d[\d.,]*$/.test(plain)) return [];
  const cut = Math.max(plain.lastIndexOf(","), plain.lastIndexOf("."));
  const decimals = plain.length - cut - 1;
  const grouped = cut >= 0 && decimals === 3;
  const digits = plain.replace(/[^\d]/g, "");
  const value = cut < 0 || grouped ? Number(digits) : Number(digits) / 10 ** decimals;
  return value === 0 ? [0] : [value, -value];
}
