import type { QueryClient } from "@tanstack/react-query";
import { type Journal, journalsKey, journalRows } from "../journals/journal";
import { linesKey } from "../lines/line";
import { reviewsKey } from "../review/review";
import type { BusMessage } from "../rpc/bus";
import type { Client, Many2one } from "../rpc/client";
import { type Notice, noticeOf } from "./notice";
import type { Outcome, Runs } from "./runs";

/** A run as it stands in the database. */
interface RunRow {
  id: number;
  state: "queued" | "running" | "done";
  outcome: Outcome | false;
  link_id: Many2one;
  account_id: Many2one;
  fetched: number;
  created: number;
  error_message: string | false;
  error_reference: string | false;
}

const runFields = ["state", "outcome", "link_id", "account_id", "fetched", "created", "error_message", "error_reference"];

/** The queries that the bus may make stale. */
const keys = { journals: journalsKey, lines: linesKey, reviews: reviewsKey };

/** Carries what the bus says into the page's state: runs, fresh queries, lines that are new. */
export class Follower {
  private readonly resolving = new Set<number>();
  private readonly stale = new Set<keyof typeof keys>();
  private stopped = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly client: Client,
    private readonly queries: QueryClient,
    private readonly runs: Runs,
    /** Called with the lines that just came in. */
    private readonly fresh: (ids: readonly number[]) => void,
    /** Called when the host asks pages to begin anew. */
    private readonly reload: () => void,
    /** Called with what the host tells this person. */
    private readonly notify: (notice: Notice) => void = () => {},
    /** Milliseconds that changes are gathered before queries are asked again. */
    private readonly gather = 250,
  ) {}

  readonly take = (message: BusMessage): void => {
    const { type, payload } = message;
    const id = typeof payload["id"] === "number" ? payload["id"] : 0;
    switch (type) {
      case "account.online.run/progress":
        this.hear(id, payload, false);
        break;
      case "account.online.run/finished":
        this.hear(id, payload, true);
        this.touch("journals");
        break;
      case "account.bank.statement.line/created":
        if (Array.isArray(payload["ids"])) this.fresh(payload["ids"].filter((line) => typeof line === "number"));
        this.touch("journals", "lines");
        break;
      case "account.journal/changed":
      case "account.online.link/changed":
        this.touch("journals");
        break;
      case "account.online.review/changed":
        this.touch("reviews");
        break;
      case "account.online.flow/step":
        void this.queries.invalidateQueries({ queryKey: ["flow", id] });
        break;
      case "simple_notification": {
        const notice = noticeOf(message);
        if (notice) this.notify(notice);
        break;
      }
      case "girosync/reload":
        void this.queries.invalidateQueries();
        this.reload();
        break;
    }
  };

  /** Reads runs from the host: whose they are, and how far, should the bus be silent. */
  async read(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const query = { queryKey: journalsKey, queryFn: () => journalRows(this.client) };
    const [rows, known] = await Promise.all([
      this.client.call<RunRow[]>("account.online.run", "read", [[...ids]], { fields: runFields }),
      this.queries.ensureQueryData(query),
    ]);
    // A run of a journal that is not known is that of a new one.
    const strange = rows.some((row) => fedBy(row, known).length === 0);
    const journals = strange ? await this.queries.fetchQuery({ ...query, staleTime: 0 }) : known;
    for (const row of rows) {
      this.runs.assign(row.id, fedBy(row, journals));
      if (row.state !== "done") continue;
      this.runs.heard(row.id, { ...row }, true);
      this.touch("journals", "lines");
    }
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private hear(id: number, payload: Record<string, unknown>, done: boolean): void {
    this.runs.heard(id, payload, done);
    if (this.runs.get(id)?.journals.length || this.resolving.has(id)) return;
    this.resolving.add(id);
    this.read([id]).catch(() => this.resolving.delete(id));
  }

  private touch(...queries: (keyof typeof keys)[]): void {
    for (const query of queries) this.stale.add(query);
    this.timer ??= setTimeout(() => void this.refresh(), this.gather);
  }

  /** Asks the queries again, never twice at once: a long import must not pile up requests. */
  private async refresh(): Promise<void> {
    const asked = [...this.stale];
    this.stale.clear();
    await Promise.all(asked.map((query) => this.queries.invalidateQueries({ queryKey: keys[query] })));
    this.timer = null;
    if (this.stale.size > 0 && !this.stopped) this.touch();
  }
}

/** The journals that a run brings lines to: that of its account, or all of its connection. */
function fedBy({ account_id, link_id }: RunRow, journals: readonly Journal[]): number[] {
  return journals
    .filter(({ accountId, linkId }) => (account_id ? accountId === account_id[0] : link_id && linkId === link_id[0]))
    .map(({ id }) => id);
}
