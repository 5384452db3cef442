import type { Client } from "../rpc/client";
import type { Options } from "./options";

/** What became, or would become, of one statement file. */
export interface FileReport {
  format: string;
  encoding?: string;
  new: number;
  /** What the journal has already; of these, `changed` say something else now and `duplicates` came from elsewhere. */
  known: number;
  changed: number;
  duplicates: number;
  /** Told twice in the file. */
  repeated: number;
  questions: number;
  /** Before the first day that may be imported. */
  skipped: number;
  pending: number;
  refused: Refusal[];
  more_refused?: number;
  other_accounts?: string[];
  read_as?: Options;
  /** Why nothing is new. */
  message?: string;
  /** Doubts first, then proofs, then what was left out. */
  findings?: Finding[];
  /** Findings beyond those listed. */
  more_findings?: number;
  /** The first ones, of a dry run. */
  lines?: FileLine[];
}

/** What a file proves, what in it (or in a dry run, in the journal) does not agree, or what was left out of it. */
export interface Finding {
  kind: "proof" | "doubt" | "choice";
  code: string;
  /** In the user's language. */
  text: string;
}

/** An entry that could not be read; line 0 is unknown. */
export interface Refusal {
  line: number;
  reason: string;
}

export interface FileLine {
  date: string;
  /** A decimal in text. */
  amount: string;
  payment_ref: string;
  partner_name?: string;
  state: "new" | "known" | "changed" | "duplicate" | "skipped";
}

/** What the first rows of a file are read as. */
export interface MappingTest {
  format: string;
  encoding: string;
  read_as: Options;
  /** Of a table; without headings, what its first row holds. */
  headings: string[];
  accounts: string[];
  rows: TestedRow[];
  refused: Refusal[];
  findings: Finding[];
  /** What must be chosen, or is wrong; `option` names it. */
  question: { option?: string; line?: number; message: string } | null;
}

export interface TestedRow {
  date: string;
  amount: string;
  currency?: string;
  payment_ref: string;
  partner_name?: string;
  account_number?: string;
}

const model = "account.journal";

/** Tells what an import would do, and changes nothing. @param data the file in base64 */
export function foretell(client: Client, journal: number, name: string, data: string, options: Options, onSent: (share: number) => void): Promise<FileReport> {
  return client.call(model, "import_statement_file", [[journal], name, data, options], { dry_run: true }, onSent);
}

/** @param remember saves for the journal how the file was read */
export function importFile(
  client: Client, journal: number, name: string, data: string, options: Options, remember: boolean, onSent: (share: number) => void,
): Promise<FileReport> {
  return client.call(model, "import_statement_file", [[journal], name, data, options], { save_mapping: remember }, onSent);
}

/** Reads the first rows with these options and those saved for the journal. */
export function testMapping(client: Client, journal: number, name: string, data: string, options: Options): Promise<MappingTest> {
  return client.call(model, "test_mapping", [[journal], name, data, options], { limit: 8 }, () => {});
}

/** Room for what is around a file in a call: its name, the options, the context. */
const around = 16_384;

/** Bytes of the largest file that fits into a call of `callSize` bytes in base64. */
export function largestFile(callSize: number): number {
  return Math.max(0, Math.floor((callSize - around) / 4) * 3);
}

/** The command that imports a file of any size on the host itself, quoted for a shell. */
export function commandFor(file: string, database: string, journalCode: string): string {
  return `girosync import ${quoted(file)} --db ${quoted(database)} --journal ${quoted(journalCode)}`;
}

function quoted(word: string): string {
  return /^[\w.@%+:,/-]+$/.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
