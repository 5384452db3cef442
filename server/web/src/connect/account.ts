import type { Client, Many2one } from "../rpc/client";

/** A bank account of a connection. */
export interface OnlineAccount {
  id: number;
  name: string;
  account_number: string | false;
  currency_id: Many2one;
  selected: boolean;
  journal_ids: number[];
}

const fields = ["name", "account_number", "currency_id", "selected", "journal_ids"];

export function accountsOf(client: Client, link: number): Promise<OnlineAccount[]> {
  return client.searchRead<OnlineAccount>("account.online.account", [["account_online_link_id", "=", link]], fields);
}

/** Where an account's transactions shall go: a journal's id, or null for a journal yet to be made. */
export type Target = number | null;

/** Links the accounts and returns the journals that they feed. */
export async function linkAll(client: Client, targets: ReadonlyMap<number, Target>): Promise<number[]> {
  for (const [account, journal] of targets) {
    await client.call("account.online.account", "link_journal", [[account]], journal === null ? {} : { journal_id: journal });
  }
  const rows = await client.call<{ journal_ids: number[] }[]>("account.online.account", "read", [[...targets.keys()]], {
    fields: ["journal_ids"],
  });
  return [...new Set(rows.flatMap((row) => row.journal_ids))];
}
