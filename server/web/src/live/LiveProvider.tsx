import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useServices } from "../app/services";
import type { Bus, BusState } from "../rpc/bus";
import { useSession, useSessionControl } from "../session/SessionProvider";
import { Follower } from "./follow";
import { type Notice, withNotice } from "./notice";
import { type Activity, Runs } from "./runs";

interface Live {
  bus: Bus;
  runs: Runs;
  /** Lines that came in while the page was open. */
  fresh: ReadonlySet<number>;
  /** The host serves another version of this page. */
  outdated: boolean;
  /** What the host told this person, the newest last. */
  notices: readonly Notice[];
  dismiss: (notice: Notice) => void;
  /** Asks for a synchronisation of these journals; rejects with a Fault. */
  synchronize: (journals: readonly number[]) => Promise<void>;
}

const Context = createContext<Live | null>(null);

/** A press shows for at least this long, so that a quick synchronisation does not flicker past. */
const leastShown = 600;

/** How long a line that came in counts as new. */
const freshFor = 60_000;

/** How long a notice is shown that does not stay until it is closed. */
const noticeFor = 10_000;

/** Keeps the page in step with the host for as long as someone is logged in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { client, newBus, watchEvery = 5000 } = useServices();
  const queries = useQueryClient();
  const session = useSession();
  const { expired } = useSessionControl();
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  const [outdated, setOutdated] = useState(false);
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const dismiss = useCallback((notice: Notice) => setNotices((shown) => shown.filter((other) => other !== notice)), []);
  const [bus] = useState(newBus);
  const [runs] = useState(() => new Runs());
  const [follower] = useState(
    () =>
      new Follower(
        client,
        queries,
        runs,
        (ids) => {
          setFresh((before) => new Set([...before, ...ids]));
          setTimeout(() => setFresh((before) => new Set([...before].filter((id) => !ids.includes(id)))), freshFor);
        },
        () => void pageChanged().then(setOutdated),
        (notice) => {
          setNotices((shown) => withNotice(shown, notice));
          if (!notice.sticky) setTimeout(() => dismiss(notice), noticeFor);
        },
      ),
  );

  useEffect(() => {
    const stops = [bus.onMessage(follower.take), bus.onExpired(expired)];
    bus.subscribe(session.companies.map(({ id }) => `res.company/${id}`));
    const retry = () => bus.retry();
    addEventListener("online", retry);
    document.addEventListener("visibilitychange", retry);
    const watch = setInterval(() => {
      follower.read(runs.open().map((run) => run.id)).catch(() => {});
    }, watchEvery);
    return () => {
      for (const stop of stops) stop();
      removeEventListener("online", retry);
      document.removeEventListener("visibilitychange", retry);
      clearInterval(watch);
      follower.stop();
      bus.close();
    };
  }, [bus, expired, follower, runs, session, watchEvery]);

  const value = useMemo<Live>(
    () => ({
      bus,
      runs,
      fresh,
      outdated,
      notices,
      dismiss,
      async synchronize(journals) {
        runs.ask(journals);
        const shown = new Promise((resolve) => setTimeout(resolve, leastShown));
        try {
          const started = await client.call<number[]>("account.journal", "manual_sync", [[...journals]]);
          const only = journals.length === 1 ? journals : [];
          for (const id of started) runs.assign(id, only);
          await Promise.all([follower.read(started), shown]);
        } finally {
          runs.answered(journals);
        }
      },
    }),
    [bus, client, dismiss, follower, fresh, notices, outdated, runs],
  );
  return <Context value={value}>{children}</Context>;
}

export function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error("useLive outside LiveProvider");
  return live;
}

export function useBusState(): BusState {
  const { bus } = useLive();
  return useSyncExternalStore(
    (listener) => bus.onState(listener),
    () => bus.state,
  );
}

/** What is going on for a journal right now. */
export function useActivity(journal: number): Activity {
  const { runs } = useLive();
  return useSyncExternalStore(runs.subscribe, () => runs.activity(journal));
}

/** Whether the host now serves a page built from other sources than this one. */
async function pageChanged(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute("src");
  if (!own) return false;
  const answer = await fetch(new URL(".", document.baseURI), { cache: "no-cache" }).catch(() => null);
  return answer?.ok === true && !(await answer.text()).includes(own);
}
