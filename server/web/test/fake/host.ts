import type { Socket } from "../../src/rpc/bus";
import { dashboardOf, type FakeJournal, makeLine, makeWorld, round } from "./world";
import { Files } from "./files";
import { Flows } from "./flows";
import { Reviews } from "./reviews";

export interface FakeOptions {
  databases?: string[];
  now?: Date;
  /** Milliseconds between the messages of a synchronisation. */
  pace?: number;
  journals?: FakeJournal[];
  /** What the user may not do with lines. */
  forbidden?: string[];
}

interface RunRow {
  id: number;
  state: string;
  outcome: string | false;
  link_id: [number, string] | false;
  account_id: [number, string] | false;
  fetched: number;
  created: number;
  error_message: string | false;
  error_reference: string | false;
}

/** An error as the host answers it. */
export class Refusal extends Error {
  constructor(readonly exception: string, message: string, readonly code = 200) {
    super(message);
  }
}

type Args = readonly unknown[];
type Kwargs = Record<string, unknown>;

/** How the next synchronisations end; the first that fits is used up. */
export interface Ending {
  outcome: string;
  lines: number;
  error?: [message: string, reference: string];
}

/**
 * A host in memory, for tests and for looking at the dashboard before there is
 * a real one: the calls that the dashboard makes, over a small made-up world.
 */
export class FakeHost {
  readonly journals: FakeJournal[];
  readonly flows = new Flows(this);
  readonly reviews = new Reviews(this);
  readonly files = new Files(this);
  readonly endings: Ending[] = [];
  /** Every model call received, as "model.method". */
  readonly calls: string[] = [];
  /** What was sent to `subscribe`, newest last. */
  readonly subscriptions: { channels: string[]; last: number }[] = [];
  /** While true, no call is answered. */
  down = false;
  /** While true, nothing is said on the bus. */
  mute = false;
  readonly now: Date;
  private readonly options: FakeOptions;
  private readonly sessions = new Set<string>();
  private readonly messages: { id: number; message: { type: string; payload: object } }[] = [];
  private readonly sockets = new Set<(text: string) => void>();
  private readonly hangUps = new Set<(code: number) => void>();
  private readonly runs = new Map<number, RunRow>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private serial = 0;

  constructor(options: FakeOptions = {}) {
    this.options = options;
    this.now = options.now ?? new Date();
    this.reviews.forbidden.push(...(options.forbidden ?? []));
    this.journals = options.journals ?? makeWorld(this.now);
  }

  /** Answers one JSON-RPC call; `session` is the cookie's value. */
  answer(path: string, params: Kwargs, session: string | null): { body: object; session?: string } {
    try {
      return this.route(path, params, session);
    } catch (cause) {
      const refusal = cause instanceof Refusal ? cause : new Refusal("builtins.Exception", String(cause));
      const data = { name: refusal.exception, debug: "", message: refusal.message, arguments: [refusal.message], context: {} };
      const message = refusal.code === 100 ? "Odoo Session Expired" : "Odoo Server Error";
      return { body: { jsonrpc: "2.0", id: null, error: { code: refusal.code, message, data } } };
    }
  }

  /** Puts a message on the bus. */
  say(type: string, payload: object): void {
    if (this.mute) return;
    const item = { id: ++this.serial, message: { type, payload } };
    this.messages.push(item);
    for (const send of this.sockets) send(JSON.stringify([item]));
  }

  /** Takes a bus connection: `send` gets frames, `hangUp` the close code. The answer receives the client's frames. */
  join(send: (text: string) => void, hangUp: (code: number) => void): { receive: (text: string) => void; leave: () => void } {
    this.hangUps.add(hangUp);
    return {
      receive: (text) => {
        const frame = JSON.parse(text) as { event_name: string; data: { channels: string[]; last: number } };
        if (frame.event_name !== "subscribe") return;
        this.subscriptions.push(frame.data);
        this.sockets.add(send);
        const missed = this.messages.filter(({ id }) => frame.data.last > 0 && id > frame.data.last);
        if (missed.length > 0) send(JSON.stringify(missed));
      },
      leave: () => {
        this.sockets.delete(send);
        this.hangUps.delete(hangUp);
      },
    };
  }

  /** Ends every session, as an administrator may. */
  expire(): void {
    this.sessions.clear();
  }

  /** Breaks every bus connection. */
  hangUp(code = 1006): void {
    const all = [...this.hangUps];
    this.sockets.clear();
    this.hangUps.clear();
    for (const hangUp of all) hangUp(code);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** A fetch for the dashboard's client, with a cookie jar of its own. */
  browser(): { fetch: typeof fetch; open: (url: string) => Socket } {
    let cookie: string | null = null;
    return {
      fetch: async (input, init) => {
        if (this.down) throw new TypeError("Failed to fetch");
        const { params } = JSON.parse(String(init?.body)) as { params: Kwargs };
        const { body, session } = this.answer(new URL(String(input)).pathname, params, cookie);
        if (session) cookie = session;
        return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
      },
      open: () => this.socket(),
    };
  }

  private socket(): Socket {
    const socket: Socket = { send: () => {}, close: () => {}, onopen: null, onmessage: null, onclose: null };
    const line = this.join(
      (data) => queueMicrotask(() => socket.onmessage?.({ data } as never)),
      (code) => queueMicrotask(() => socket.onclose?.({ code } as never)),
    );
    socket.send = line.receive;
    socket.close = line.leave;
    setTimeout(() => (this.down ? socket.onclose?.({ code: 1006 } as never) : socket.onopen?.({} as never)));
    return socket;
  }

  private route(path: string, params: Kwargs, session: string | null): { body: object; session?: string } {
    const result = (value?: unknown) => ({ body: { jsonrpc: "2.0", id: 1, ...(value !== undefined && { result: value }) } });
    if (path === "/web/database/list") return result(this.options.databases ?? ["demo"]);
    if (path === "/web/session/authenticate") {
      if (params["login"] !== "admin" || params["password"] !== "admin") {
        throw new Refusal("odoo.exceptions.AccessDenied", "Access Denied");
      }
      const fresh = `s${Math.random().toString(36).slice(2)}`;
      this.sessions.add(fresh);
      return { ...result(this.info(String(params["db"]))), session: fresh };
    }
    if (!session || !this.sessions.has(session)) {
      throw new Refusal("odoo.http.SessionExpiredException", "Session expired", 100);
    }
    if (path === "/web/session/get_session_info") return result(this.info("demo"));
    if (path === "/web/session/destroy") {
      this.sessions.delete(session);
      return result();
    }
    const { model, method, args, kwargs } = params as { model: string; method: string; args: Args; kwargs: Kwargs };
    this.calls.push(`${model}.${method}`);
    return result(this.call(`${model}.${method}`, args, kwargs));
  }

  private info(db: string): object {
    return {
      uid: 2, db, name: "Mira Jansen", username: "admin", user_context: { lang: "en_US", tz: "UTC", uid: 2 },
      max_file_upload_size: this.files.callSize,
      user_companies: { current_company: 1, allowed_companies: { "1": { id: 1, name: "Veldhuis Trading" } } },
    };
  }

  private call(name: string, args: Args, kwargs: Kwargs): unknown {
    switch (name) {
      case "account.journal.search_read":
        return this.journals.map((journal) => this.journalRow(journal));
      case "account.journal.manual_sync":
        return (args[0] as number[]).flatMap((id) => this.synchronize(id));
      case "account.bank.statement.line.search_read":
        if ((args[0] as string[][])[0]?.[0] === "id") return this.reviews.lines(args);
        return this.matching(args[0] as unknown[]).slice(Number(kwargs["offset"] ?? 0), Number(kwargs["offset"] ?? 0) + Number(kwargs["limit"] ?? 80));
      case "account.bank.statement.line.search_count":
        return this.matching(args[0] as unknown[]).length;
      case "account.bank.statement.search_read":
        return this.statements((args[0] as [string, string, number[]][])[0]?.[2] ?? []);
      case "account.online.run.read":
        return (args[0] as number[]).flatMap((id) => this.runs.get(id) ?? []);
      case "res.lang.search_count":
        return 1;
      case "res.country.search_read":
        return [{ id: 1, code: "BE", name: "Belgium" }, { id: 2, code: "NL", name: "Netherlands" }, { id: 3, code: "US", name: "United States" }];
      default:
        return this.reviews.call(name, args, kwargs) ?? this.files.call(name, args, kwargs) ?? this.flows.call(name, args, kwargs);
    }
  }

  private journalRow(journal: FakeJournal): object {
    const { link } = journal;
    return {
      id: journal.id, name: journal.name, code: journal.code, currency_id: false, bank_acc_number: journal.bank_acc_number,
      bank_statements_source: journal.source, account_online_account_id: link ? [journal.id, journal.name] : false,
      account_online_link_id: link ? [link.id, link.name] : false, account_online_link_state: link?.state ?? false,
      kanban_dashboard: JSON.stringify(dashboardOf(journal, new Date())),
    };
  }

  private matching(domain: unknown[]) {
    const leaves = domain.filter((item): item is [string, string, unknown] => Array.isArray(item));
    const journal = this.journals.find(({ id }) => id === leaves[0]?.[2]);
    const wanted = leaves.slice(1);
    return (journal?.lines ?? []).filter((line) => wanted.length === 0 || wanted.some(([field, operator, value]) => {
      const held = line[field as keyof typeof line];
      return operator === "=" ? held === value : String(held || "").toLowerCase().includes(String(value).toLowerCase());
    }));
  }

  private statements(ids: number[]): object[] {
    return this.journals.flatMap((journal) => ids.flatMap((id) => {
      const lines = journal.lines.filter((line) => line.statement_id && line.statement_id[0] === id);
      const [newest, oldest] = [lines[0], lines.at(-1)];
      if (!newest || !oldest || !newest.statement_id) return [];
      return {
        id, name: newest.statement_id[1], date: newest.date, is_complete: true, is_valid: true, problem_description: false,
        balance_start: round(oldest.running_balance - oldest.amount, journal.digits), balance_end_real: newest.running_balance,
      };
    }));
  }

  /** Queues a run and lets its messages come one by one. */
  synchronize(id: number): number[] {
    const journal = this.journals.find((candidate) => candidate.id === id);
    if (!journal?.link) return [];
    const run: RunRow = {
      id: this.runs.size + 1, state: "queued", outcome: false, link_id: [journal.link.id, journal.link.name],
      account_id: [journal.id, journal.name], fetched: 0, created: 0, error_message: false, error_reference: false,
    };
    this.runs.set(run.id, run);
    const ending = this.endings.shift() ?? { outcome: "ok", lines: 12 };
    this.later(1, () => this.step(run, journal, ending, 0));
    return [run.id];
  }

  private step(run: RunRow, journal: FakeJournal, ending: Ending, at: number): void {
    const steps = 4;
    if (at < steps && ending.lines > 0) {
      const percent = Math.round(((at + 1) * 100) / (steps + 1));
      run.state = "running";
      run.fetched = Math.round((ending.lines * (at + 1)) / steps);
      this.say("account.online.run/progress", { id: run.id, fetched: run.fetched, created: run.created, of: ending.lines, percent });
      this.later(1, () => this.step(run, journal, ending, at + 1));
      return;
    }
    const ids = this.bookLines(journal, ending.lines);
    Object.assign(run, { state: "done", outcome: ending.outcome, created: ids.length });
    if (ending.error) [run.error_message, run.error_reference] = ending.error;
    if (ids.length > 0) {
      const balance = journal.lines[0]?.running_balance;
      this.say("account.bank.statement.line/created", { id: run.id, run: run.id, count: ids.length, ids, journal: journal.id, balance });
    }
    const { id, outcome, created, error_message, error_reference } = run;
    this.say("account.online.run/finished", { id, outcome, created, error_message, error_reference });
    this.say("account.journal/changed", { id: journal.id });
  }

  private bookLines(journal: FakeJournal, count: number): number[] {
    const ids: number[] = [];
    for (let n = 0; n < count; n++) {
      const before = journal.lines[0];
      const amount = round((n % 3 === 0 ? 220.5 : -48.25) * (n + 1), journal.digits);
      const id = (before?.id ?? journal.id * 100_000) + 1;
      journal.lines.unshift(makeLine(id, this.now, `New payment ${n + 1}`, "Oak Lane Foods", amount,
        round((before?.running_balance ?? 0) + amount, journal.digits)));
      ids.push(id);
    }
    return ids;
  }

  private later(paces: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, paces * (this.options.pace ?? 400));
    this.timers.add(timer);
  }
}
