import type { Attention, Journal, KanbanDashboard, LinkState } from "../../src/journals/journal";
import type { Line } from "../../src/lines/line";

/** A journal of the fake host, in the names of the model. */
export interface FakeJournal {
  id: number;
  name: string;
  code: string;
  bank_acc_number: string;
  currency: string;
  digits: number;
  source: Journal["source"];
  link: { id: number; name: string; state: LinkState; attention: Attention | "none"; error?: [message: string, reference: string] } | null;
  pending: number;
  lines: Line[];
  /** The bank's newest booked balance against the lines. */
  check?: KanbanDashboard["balance_check"];
}

const partners = [
  "Bakkerij De Korenaar", "Nordlicht Energie", "Van Dijk & Zonen", "City Water", "Ionica Software", "Huurgarant",
  "Atelier Rousseau", "Studio Veldman", "Post & Parcel", "Oak Lane Foods", "Belastingdienst", "Café Zuid",
];
const labels = [
  "Invoice 2026-0", "Card payment terminal 4-", "Monthly rent ", "SEPA direct debit mandate 88-", "Order ", "Subscription ",
  "Salary ", "Refund order ", "VAT third quarter ", "Travel ",
];

/** A small generator with a seed, so that every run shows the same world. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `count` lines going back from `today`, newest first, with balances that add up. */
export function makeLines(journal: number, count: number, opening: number, scale: number, digits: number, today: Date): Line[] {
  const next = dice(journal * 7919);
  const lines: Line[] = [];
  let balance = opening;
  for (let n = 0; n < count; n++) {
    const day = new Date(today.getTime() - Math.floor((count - n) * 0.7) * 86_400_000);
    const income = next() < 0.36;
    const amount = round((income ? 1.75 : -1) * (0.05 + next()) * scale, digits);
    balance = round(balance + amount, digits);
    lines.push(makeLine(journal * 100_000 + n + 1, day, labels[Math.floor(next() * labels.length)] + String(100 + n),
      partners[Math.floor(next() * partners.length)] ?? "", amount, balance));
  }
  return lines.reverse();
}

export function makeLine(id: number, day: Date, label: string, partner: string, amount: number, balance: number): Line {
  const date = day.toISOString().slice(0, 10);
  const month = Number(date.slice(0, 4)) * 100 + Number(date.slice(5, 7));
  return {
    id, date, payment_ref: label, partner_name: partner, partner_id: false, amount,
    running_balance: balance, is_reconciled: false,
    statement_id: [month * 1000 + Math.floor(id / 100_000), `Statement ${date.slice(0, 7)}`],
  };
}

export function makeWorld(now: Date): FakeJournal[] {
  const journal = (id: number, name: string, code: string, number: string, currency: string, digits: number,
    link: FakeJournal["link"], count: number, scale: number): FakeJournal => ({
    id, name, code, bank_acc_number: number, currency, digits, source: link ? "online_sync" : "file_import", link,
    pending: link?.state === "connected" ? 2 : 0, lines: makeLines(id, count, scale * 6, scale, digits, now),
  });
  return [
    journal(1, "Current account", "BNK1", "BE68539007547034", "EUR", 2, { id: 1, name: "Banque du Midi", state: "connected", attention: "none" }, 2400, 900),
    journal(2, "Savings", "BNK2", "NL91ABNA0417164300", "EUR", 2, { id: 2, name: "Noorderbank", state: "connected", attention: "none" }, 60, 2500),
    journal(3, "US operations", "BNK3", "000123456789", "USD", 2, { id: 3, name: "First Prairie Bank", state: "error", attention: "mfa" }, 300, 1400),
    journal(4, "Tokyo office", "BNK4", "1234567", "JPY", 0, { id: 4, name: "Sakura Bank", state: "error", attention: "bank_unavailable",
      error: ["The bank's maintenance window is open until 06:00.", "GS-7KQ2-M4XD"] }, 120, 180_000),
    journal(5, "Gulf branch", "BNK5", "BH67BMAG00001299123456", "BHD", 3, null, 40, 320),
    journal(6, "Petty cash card", "BNK6", "FR1420041010050500013M02606", "EUR", 2, null, 25, 60),
  ];
}

export function dashboardOf(journal: FakeJournal, now: Date): KanbanDashboard {
  const newest = journal.lines[0];
  const statement = newest?.statement_id || null;
  const linked = journal.link !== null;
  return {
    balance: newest?.running_balance ?? 0,
    currency: journal.currency,
    digits: journal.digits,
    last_statement: statement && newest ? { id: statement[0], name: statement[1], date: newest.date } : null,
    pending_count: journal.pending,
    line_count: journal.lines.length,
    provider_refresh: linked ? ago(now, 125) : null,
    last_refresh: linked ? ago(now, 4) : null,
    last_success: linked ? ago(now, 4) : null,
    next_refresh: linked ? ago(now, -700) : null,
    attention: attentionOf(journal),
    balance_check: journal.check,
    link_state: journal.link?.state ?? null,
    error_message: journal.link?.error?.[0] ?? false,
    error_reference: journal.link?.error?.[1] ?? false,
    history: journal.lines.slice(0, 60).toReversed().map((line) => ({ date: line.date, balance: line.running_balance })),
  };
}

function attentionOf({ link, check }: FakeJournal): KanbanDashboard["attention"] {
  const need = link?.attention ?? "none";
  return need === "none" && check?.verdict === "disagrees" ? "balance" : need;
}

export function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function ago(now: Date, minutes: number): string {
  return new Date(now.getTime() - minutes * 60_000).toISOString().slice(0, 19) + "Z";
}
