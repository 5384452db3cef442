import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useClient } from "../app/services";
import { languages, useI18n } from "../i18n/I18n";
import { logOut, resume, type Session, speak } from "./session";

type State = { is: "checking" } | { is: "out"; expired: boolean } | { is: "in"; session: Session };

interface SessionControl {
  state: State;
  entered: (session: Session) => void;
  leave: () => Promise<void>;
  /** The host said that the session is gone. */
  expired: () => void;
}

const Context = createContext<SessionControl | null>(null);

/** Knows who is logged in; whatever part of the page meets an expired session, all of it returns to the log-in. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const queries = useQueryClient();
  const { language, setTimeZone } = useI18n();
  const [state, setState] = useState<State>({ is: "checking" });

  useEffect(() => {
    let wanted = true;
    resume(client).then(
      (session) => wanted && setState({ is: "in", session }),
      () => wanted && setState({ is: "out", expired: false }),
    );
    return () => {
      wanted = false;
    };
  }, [client]);

  const expired = useCallback(() => {
    queries.clear();
    setState((before) => (before.is === "in" ? { is: "out", expired: true } : before));
  }, [queries]);

  useEffect(() => client.onExpired(expired), [client, expired]);

  const session = state.is === "in" ? state.session : null;
  useEffect(() => setTimeZone(session?.timeZone), [session, setTimeZone]);
  useEffect(() => {
    // A database without this language goes on in the user's own.
    if (session) speak(client, languages[language].odoo).catch(() => {});
  }, [client, session, language]);

  const control = useMemo<SessionControl>(
    () => ({
      state,
      entered: (entered) => setState({ is: "in", session: entered }),
      async leave() {
        await logOut(client).catch(() => {});
        queries.clear();
        setState({ is: "out", expired: false });
      },
      expired,
    }),
    [client, expired, queries, state],
  );
  return <Context value={control}>{children}</Context>;
}

export function useSessionControl(): SessionControl {
  const control = useContext(Context);
  if (!control) throw new Error("useSessionControl outside SessionProvider");
  return control;
}

/** The session of a page that is shown only when someone is logged in. */
export function useSession(): Session {
  const { state } = useSessionControl();
  if (state.is !== "in") throw new Error("useSession while logged out");
  return state.session;
}
