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
}

/** Best match first. @param country two letters, null for any */
export function searchInstitutions(client: Client, query: string, country: string | null): Promise<Institution[]> {
  return client.call<Institution[]>("account.online.institution", "search_institutions", [query], { country, limit: 20 });
}

/** Countries of the database by code, for the picker. */
export async function countries(client: Client): Promise<{ value: string; label: string }[]> {
  const rows = await client.searchRead<{ code: string; name: string }>("res.country", [], ["code", "name"], { order: "name" });
  return rows.map(({ code, name }) => ({ value: code, label: name }));
}
