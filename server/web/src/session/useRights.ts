import { useQuery } from "@tanstack/react-query";
import { useClient } from "../app/services";

/** What the user may do with the lines of the books. */
export interface Rights {
  /** Import files. */
  create: boolean;
  /** Answer the import's questions: an answer may change or delete a line. */
  answer: boolean;
}

const none: Rights = { create: false, answer: false };

/** Nothing while it is not known: what may not be done is not offered. */
export function useRights(): Rights {
  const client = useClient();
  const may = (operation: string) => client.call<boolean>("account.bank.statement.line", "has_access", [[], operation]);
  const { data } = useQuery({
    queryKey: ["rights"],
    queryFn: async () => {
      const [create, write, unlink] = await Promise.all([may("create"), may("write"), may("unlink")]);
      return { create, answer: write && unlink };
    },
    staleTime: Infinity,
  });
  return data ?? none;
}
