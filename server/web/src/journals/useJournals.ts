import { useQuery } from "@tanstack/react-query";
import { useClient } from "../app/services";
import { journalRows, journalsKey } from "./journal";

/** All bank journals; kept fresh by the bus. */
export function useJournals() {
  const client = useClient();
  return useQuery({ queryKey: journalsKey, queryFn: () => journalRows(client) });
}

/** One of them: undefined while loading, null when there is none of this id. */
export function useJournal(id: number) {
  const journals = useJournals();
  const journal = journals.data ? (journals.data.find((candidate) => candidate.id === id) ?? null) : undefined;
  return { ...journals, journal };
}
