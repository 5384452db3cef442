import type { BookedLine, Kind, Review, Told } from "../../src/review/review";
import type { FakeHost } from "./host";
import { Refusal } from "./host";

/** The open questions of the fake host: none until a test asks for some. */
export class Reviews {
  readonly open: Review[] = [];
  /** What was answered, as "accept 3". */
  readonly answers: string[] = [];
  /** Why the next answer is refused; used up by it. */
  refusal: string | null = null;
  /** What the user may not do with lines. */
  readonly forbidden: string[] = [];
  private readonly told = new Map<number, Told>();

  constructor(private readonly host: FakeHost) {}

  /** Asks whether the two newest lines of a journal are one, or what became of the newest. */
  ask(kind: Kind, journal: number): Review {
    const books = this.host.journals.find(({ id }) => id === journal);
    const [now, before] = books?.lines ?? [];
    if (!books || !now || !before) throw new Error(`no two lines in journal ${journal}`);
    const id = this.open.length + this.answers.length + 1;
    for (const [at, line] of [before, now].entries()) {
      const { payment_ref, partner_name, amount, date } = line;
      this.told.set(id * 10 + at, { id: id * 10 + at, date, amount, payment_ref, partner_name, account_number: false, status: kind === "amount_changed" && at === 0 ? "pending" : "posted" });
    }
    const ref = (line: typeof now): [number, string] => [line.id, String(line.payment_ref)];
    const review: Review = {
      id, kind, reason: `${now.payment_ref} may be ${before.payment_ref}. Are they the same?`, journal_id: [journal, books.name],
      transaction_id: [id * 10, "before"], other_id: [id * 10 + 1, "now"], line_id: kind === "amount_changed" ? false : ref(before), other_line_id: ref(now),
      typed_line_id: kind === "typed_by_hand" ? ref(now) : false,
    };
    this.open.unshift(review);
    this.host.say("account.online.review/changed", { id, ids: [id], count: 1, state: "open", journal });
    return review;
  }

  /** The answer to a call about questions, rights or ledger rows; undefined for another. */
  call(name: string, args: readonly unknown[], kwargs: Record<string, unknown>): unknown {
    switch (name) {
      case "account.bank.statement.line.has_access":
        return !this.forbidden.includes(String(args[1]));
      case "account.online.review.read_group":
        return this.host.journals.flatMap(({ id, name }) => {
          const asked = this.open.filter((review) => review.journal_id && review.journal_id[0] === id).length;
          return asked > 0 ? [{ journal_id: [id, name], __count: asked }] : [];
        });
      case "account.online.review.search_read": {
        const journal = (args[0] as [string, string, unknown][]).find(([field]) => field === "journal_id")?.[2];
        const from = Number(kwargs["offset"] ?? 0);
        return this.open.filter((review) => journal === undefined || (review.journal_id && review.journal_id[0] === journal)).slice(from, from + Number(kwargs["limit"] ?? 80));
      }
      case "account.online.transaction.search_read":
        return wanted(args).flatMap((id) => this.told.get(id) ?? []);
      case "account.online.review.accept":
      case "account.online.review.reject":
        return this.answer(name.endsWith("accept") ? "accept" : "reject", (args[0] as number[])[0] ?? 0);
      default:
        return undefined;
    }
  }

  /** The lines asked for by id. */
  lines(args: readonly unknown[]): BookedLine[] {
    const ids = new Set(wanted(args));
    return this.host.journals.flatMap(({ lines }) => lines.filter(({ id }) => ids.has(id)).map((line) => ({ ...line, account_number: false as const })));
  }

  private answer(word: string, id: number): true {
    if (this.refusal !== null) {
      const refusal = this.refusal;
      this.refusal = null;
      throw new Refusal("odoo.exceptions.UserError", refusal);
    }
    const at = this.open.findIndex((review) => review.id === id);
    if (at < 0) throw new Refusal("odoo.exceptions.UserError", "This question was answered already.");
    const [review] = this.open.splice(at, 1);
    this.answers.push(`${word} ${id}`);
    this.host.say("account.online.review/changed", { id, ids: [id], count: 1, state: `${word}ed`, journal: review?.journal_id && review.journal_id[0] });
    return true;
  }
}

/** The ids of a domain [["id", "in", ids]]; none for another. */
function wanted(args: readonly unknown[]): number[] {
  const [field, , ids] = (args[0] as [string, string, number[]][])[0] ?? [];
  return field === "id" ? (ids ?? []) : [];
}
