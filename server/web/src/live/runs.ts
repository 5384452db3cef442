/** How a synchronisation ended (the selection `account.online.run.outcome`). */
export type Outcome =
  | "ok"
  | "nothing_new"
  | "needs_user"
  | "rate_limited"
  | "not_allowed"
  | "bank_unavailable"
  | "refused"
  | "failed";

/** One synchronisation as far as this page has heard of it. */
export interface Run {
  id: number;
  /** Journals it feeds; empty until known. */
  journals: readonly number[];
  done: boolean;
  fetched: number;
  created: number;
  /** How many there will be; null while the bank has not said. */
  of: number | null;
  /** 0 to 100; null while unknown. */
  percent: number | null;
  outcome: Outcome | null;
  errorMessage: string | null;
  errorReference: string | null;
}

/** What a journal's card shows of its runs, several of them added up. */
export type Activity =
  | { is: "idle" }
  | { is: "running"; fetched: number; of: number | null; percent: number | null }
  | { is: "finished"; outcome: Outcome; created: number; errorMessage: string | null; errorReference: string | null };

interface State {
  runs: ReadonlyMap<number, Run>;
  /** Journals for which a run was asked and whose answer is still out. */
  asked: ReadonlySet<number>;
}

const idle: Activity = { is: "idle" };

/** The synchronisations of this page's lifetime, fed by answers and bus messages in any order. */
export class Runs {
  private state: State = { runs: new Map(), asked: new Set() };
  private readonly listeners = new Set<() => void>();
  private readonly activities = new Map<number, { of: State; activity: Activity }>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A synchronisation of these journals is being asked for: earlier results go. */
  ask(journals: readonly number[]): void {
    const runs = new Map(this.state.runs);
    for (const run of runs.values()) {
      if (run.done && run.journals.some((journal) => journals.includes(journal))) runs.delete(run.id);
    }
    this.become({ runs, asked: new Set([...this.state.asked, ...journals]) });
  }

  /** The answer to `ask` is in, or did not come. */
  answered(journals: readonly number[]): void {
    const asked = new Set(this.state.asked);
    for (const journal of journals) asked.delete(journal);
    this.become({ ...this.state, asked });
  }

  /** Says which journals a run feeds. */
  assign(id: number, journals: readonly number[]): void {
    const run = this.state.runs.get(id) ?? newRun(id);
    this.put({ ...run, journals: [...new Set([...run.journals, ...journals])] });
  }

  /** A message or row about run `id`; members that it lacks stay. A finished run stays finished. */
  heard(id: number, news: Readonly<Record<string, unknown>>, done: boolean): void {
    const run = this.state.runs.get(id) ?? newRun(id);
    if (run.done && !done) return;
    this.put({
      ...run,
      done,
      fetched: numberOr(news["fetched"], run.fetched),
      created: numberOr(news["created"], run.created),
      of: numberOr(news["of"], run.of) || null,
      percent: numberOr(news["percent"], run.percent),
      outcome: done ? ((textOf(news["outcome"]) as Outcome | null) ?? "ok") : null,
      errorMessage: textOf(news["error_message"]) ?? run.errorMessage,
      errorReference: textOf(news["error_reference"]) ?? run.errorReference,
    });
  }

  get(id: number): Run | undefined {
    return this.state.runs.get(id);
  }

  /** Runs under way. */
  open(): Run[] {
    return [...this.state.runs.values()].filter((run) => !run.done);
  }

  /** Forgets the results shown for a journal. */
  dismiss(journal: number): void {
    const runs = new Map(this.state.runs);
    for (const run of runs.values()) if (run.done && run.journals.includes(journal)) runs.delete(run.id);
    this.become({ ...this.state, runs });
  }

  /** The same object as long as nothing changed for this journal's sake or any other's. */
  activity(journal: number): Activity {
    const known = this.activities.get(journal);
    if (known?.of === this.state) return known.activity;
    const activity = activityOf(journal, this.state);
    const same = known && JSON.stringify(known.activity) === JSON.stringify(activity) ? known.activity : activity;
    this.activities.set(journal, { of: this.state, activity: same });
    return same;
  }

  private put(run: Run): void {
    this.become({ ...this.state, runs: new Map(this.state.runs).set(run.id, run) });
  }

  private become(state: State): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function activityOf(journal: number, { runs, asked }: State): Activity {
  const mine = [...runs.values()].filter((run) => run.journals.includes(journal));
  const open = mine.filter((run) => !run.done);
  if (open.length > 0) {
    const known = open.every((run) => run.percent !== null);
    return {
      is: "running",
      fetched: total(open.map((run) => run.fetched)),
      of: open.every((run) => run.of !== null) ? total(open.map((run) => run.of ?? 0)) : null,
      percent: known ? total(open.map((run) => run.percent ?? 0)) / open.length : null,
    };
  }
  if (asked.has(journal)) {
    const fetched = total(mine.map((run) => run.fetched));
    return { is: "running", fetched, of: null, percent: mine.length > 0 ? 100 : null };
  }
  const worst = mine.toSorted((a, b) => gravity(b.outcome) - gravity(a.outcome) || b.id - a.id)[0];
  if (!worst?.outcome) return idle;
  return {
    is: "finished",
    outcome: worst.outcome,
    created: total(mine.map((run) => run.created)),
    errorMessage: worst.errorMessage,
    errorReference: worst.errorReference,
  };
}

function gravity(outcome: Outcome | null): number {
  return outcome === null ? -1 : outcome === "nothing_new" ? 0 : outcome === "ok" ? 1 : 2;
}

function newRun(id: number): Run {
  return {
    id, journals: [], done: false, fetched: 0, created: 0, of: null, percent: null,
    outcome: null, errorMessage: null, errorReference: null,
  };
}

function total(numbers: number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

function numberOr<T>(value: unknown, otherwise: T): number | T {
  return typeof value === "number" ? value : otherwise;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value ? value : null;
}
