import { QueryClient } from "@tanstack/react-query";
import { asFault } from "../rpc/fault";

/**
 * Server state is kept fresh by the bus, so nothing is fetched again merely
 * because time passed. Only a missing answer is tried again; a refusal stays one.
 */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        retry: (failures, cause) => asFault(cause).kind === "offline" && failures < 5,
        retryDelay: (attempt) => Math.min(15_000, 500 * 2 ** attempt),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
