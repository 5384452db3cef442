import type { Client, Many2one } from "../rpc/client";

/** A bank that can be connected, under one provider. */
export interface Institution {
  id: number;
  name: string;
  country_codes: string | false;
  provider_id: Many2one;
  status: "stable" | "beta" | "disabled";
  auto_sync_allowed: boolean;
  history_days: number | false;
  website: string | false;
  usable: boolean;
  /** Why it is not usable, in the user's language. */
  reason: string | false;
}

/** A bank, and the providers that reach it; the one to take first at the front. */
export interface Bank {
  name: string;
  country_codes: string | false;
  choices: Institution[];
}

export interface Picked {
  /** Of all banks that fit. */
  count: number;
  banks: Bank[];
}

/** Best match first. @param country two letters, null for any */
export function pickBanks(client: Client, query: string, country: string | null, limit: number): Promise<Picked> {
  return client.call<Picked>("account.online.institution", "pick_institutions", [query], { country, limit });
}

/** A journal for an account without a connection. @returns its id */
export function addByHand(client: Client, account: { account_number: string; bank_name: string; bic: string }): Promise<number> {
  return client.call<number>("account.journal", "action_add_bank_account", [], account);
}

/** Countries of the database by code, for the picker. */
export async function countries(client: Client): Promise<{ value: string; label: string }[]> {
  const rows = await client.searchRead<{ code: string; name: string }>("res.country", [], ["code", "name"], { order: "name" });
  return rows.map(({ code, name }) => ({ value: code, label: name }));
}
