import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useClient } from "../app/services";
import { countLines, linesKey, linesOf, pageSize, statementsOf } from "./line";

/** One page of a journal's lines. The page before stays in view until the next is in; the next older one is fetched ahead. */
export function useLines(journal: number, text: string, page: number) {
  const client = useClient();
  const queries = useQueryClient();
  const pageOf = (n: number) => ({
    queryKey: [...linesKey, journal, text, "page", n],
    queryFn: () => linesOf(client, journal, text, n),
  });
  const rows = useQuery({ ...pageOf(page), placeholderData: keepPreviousData });
  const count = useQuery({
    queryKey: [...linesKey, journal, text, "count"],
    queryFn: () => countLines(client, journal, text),
    placeholderData: keepPreviousData,
  });
  const ids = [...new Set((rows.data ?? []).flatMap((line) => (line.statement_id ? [line.statement_id[0]] : [])))];
  const statements = useQuery({
    queryKey: [...linesKey, "statements", ids],
    queryFn: () => statementsOf(client, ids),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });

  const more = count.data !== undefined && page * pageSize < count.data && !rows.isPlaceholderData;
  useEffect(() => {
    if (more) void queries.prefetchQuery(pageOf(page + 1));
  }, [more, journal, text, page]);

  return {
    lines: rows.data,
    total: count.data,
    statements: statements.data,
    isPending: rows.isPending,
    isStale: rows.isPlaceholderData,
    isError: rows.isError,
    error: rows.error,
    retry: () => void rows.refetch(),
  };
}
