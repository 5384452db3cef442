import type { Client, Domain, Many2one } from "../rpc/client";

/** What the import will not decide by itself (the selection `account.online.review.kind`). */
export type Kind =
  | "amount_changed"
  | "other_day"
  | "reissued"
  | "corrected"
  | "not_told"
  | "typed_by_hand"
  | "changed_held"
  | "removed_held";

/** An open question of the import. */
export interface Review {
  id: number;
  kind: Kind;
  /** The question in the host's words. */
  reason: string;
  journal_id: Many2one;
  transaction_id: Many2one;
  other_id: Many2one;
  line_id: Many2one;
  other_line_id: Many2one;
  typed_line_id: Many2one;
}

/** A line of the books, or what the bank told of a transaction. Dates are civil. */
export interface Movement {
  id: number;
  date: string | false;
  amount: number;
  payment_ref: string | false;
  partner_name: string | false;
  account_number: string | false;
}

export interface BookedLine extends Movement {
  is_reconciled: boolean;
}

export interface Told extends Movement {
  status: "pending" | "posted" | "removed";
}

/** Questions with all that they are about. */
export interface ReviewPage {
  reviews: Review[];
  lines: ReadonlyMap<number, BookedLine>;
  told: ReadonlyMap<number, Told>;
}

/** One of the things that a question compares. */
export interface Side {
  /** Where it stands: in the books, at the bank as pending, or only in what the bank told. */
  place: "books" | "pending" | "bank";
  /** How it came: typed by a user, known before, or told now. */
  came: "typed" | "before" | "now";
  movement: Movement;
  reconciled: boolean;
}

/** Open questions in all, and by journal. */
export interface OpenReviews {
  total: number;
  ofJournal: ReadonlyMap<number, number>;
}

export const reviewsKey = ["reviews"] as const;
export const reviewsOnPage = 20;

const model = "account.online.review";
const reviewFields = [
  "kind", "reason", "journal_id", "transaction_id", "other_id", "line_id", "other_line_id", "typed_line_id",
];
const movementFields = ["date", "amount", "payment_ref", "partner_name", "account_number"];

/** Counts them with one call. */
export async function openReviews(client: Client): Promise<OpenReviews> {
  const groups = await client.call<{ journal_id: Many2one; __count: number }[]>(
    model, "read_group", [openDomain(undefined), [], ["journal_id"]], { lazy: false });
  return {
    total: groups.reduce((sum, group) => sum + group.__count, 0),
    ofJournal: new Map(groups.flatMap(({ journal_id, __count }) => (journal_id ? [[journal_id[0], __count] as const] : []))),
  };
}

/** A page of open questions, the newest first, with three calls however many they are. @param page counted from 1 */
export async function reviewPage(client: Client, journal: number | undefined, page: number): Promise<ReviewPage> {
  const window = { limit: reviewsOnPage, offset: (page - 1) * reviewsOnPage };
  const reviews = await client.searchRead<Review>(model, openDomain(journal), reviewFields, window);
  const lineIds = reviews.flatMap((review) => ids(review.line_id, review.other_line_id, review.typed_line_id));
  const toldIds = reviews.flatMap((review) => ids(review.transaction_id, review.other_id));
  const [lines, told] = await Promise.all([
    byIds<BookedLine>(client, "account.bank.statement.line", lineIds, [...movementFields, "is_reconciled"]),
    byIds<Told>(client, "account.online.transaction", toldIds, [...movementFields, "status"]),
  ]);
  return { reviews, lines, told };
}

/** Answers a question; true accepts what it proposes. @throws Fault of kind `refused` where a line is reconciled or locked */
export function answerReview(client: Client, review: number, yes: boolean): Promise<unknown> {
  return client.call(model, yes ? "accept" : "reject", [[review]]);
}

/** What a question compares, the older first; what is gone meanwhile is left out. */
export function sidesOf(review: Review, { lines, told }: Pick<ReviewPage, "lines" | "told">): Side[] {
  const before = booked(review.line_id, "before", lines) ?? toldSide(review.transaction_id, "before", told);
  switch (review.kind) {
    case "not_told":
    case "removed_held":
      return present(before);
    case "typed_by_hand":
      return present(booked(review.typed_line_id, "typed", lines), booked(review.line_id, "now", lines) ?? toldSide(review.transaction_id, "now", told));
    case "changed_held":
      return present(before, toldSide(review.transaction_id, "now", told));
    default:
      return present(before, booked(review.other_line_id, "now", lines) ?? toldSide(review.other_id, "now", told));
  }
}

/** Members in which two sides differ, as a reader sees them. */
export function differences(sides: readonly Side[]): ReadonlySet<keyof Movement> {
  const [one, other] = sides;
  if (!one || !other) return new Set();
  const members = ["date", "amount", "payment_ref", "partner_name", "account_number"] as const;
  return new Set(members.filter((member) => (one.movement[member] || "") !== (other.movement[member] || "")));
}

function booked(ref: Many2one, came: Side["came"], lines: ReviewPage["lines"]): Side | null {
  const line = ref ? lines.get(ref[0]) : undefined;
  return line ? { place: "books", came, movement: line, reconciled: line.is_reconciled } : null;
}

function toldSide(ref: Many2one, came: Side["came"], told: ReviewPage["told"]): Side | null {
  const row = ref ? told.get(ref[0]) : undefined;
  return row ? { place: row.status === "pending" ? "pending" : "bank", came, movement: row, reconciled: false } : null;
}

function present(...sides: (Side | null)[]): Side[] {
  return sides.filter((side) => side !== null);
}

function openDomain(journal: number | undefined): Domain {
  const open = [["state", "=", "open"]];
  return journal === undefined ? open : [...open, ["journal_id", "=", journal]];
}

function ids(...refs: Many2one[]): number[] {
  return refs.flatMap((ref) => (ref ? [ref[0]] : []));
}

async function byIds<T extends { id: number }>(client: Client, of: string, wanted: number[], fields: string[]): Promise<Map<number, T>> {
  if (wanted.length === 0) return new Map();
  const rows = await client.searchRead<T>(of, [["id", "in", [...new Set(wanted)]]], fields);
  return new Map(rows.map((row) => [row.id, row]));
}
