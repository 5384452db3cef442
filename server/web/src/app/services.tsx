import { createContext, type ReactNode, useContext } from "react";
import type { Bus } from "../rpc/bus";
import type { Client } from "../rpc/client";

/** What the dashboard needs from outside; tests hand in their own. */
export interface Services {
  client: Client;
  newBus: () => Bus;
  /** Milliseconds between looks at runs under way, in case a message was lost; 5 s when absent. */
  watchEvery?: number;
}

const Context = createContext<Services | null>(null);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <Context value={services}>{children}</Context>;
}

export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error("useServices outside ServicesProvider");
  return services;
}

export function useClient(): Client {
  return useServices().client;
}
