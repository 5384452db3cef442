import type { Client, Many2one } from "../rpc/client";

/** Why a connection needs a person (the selection `account.online.link.attention`). */
export type Attention =
  | "mfa"
  | "credentials"
  | "consent_expiring"
  | "consent_expired"
  | "auto_sync_not_allowed"
  | "rate_limited"
  | "bank_unavailable"
  | "blocked"
  | "disconnected_by_support"
  | "legacy"
  | "not_entitled"
  | "internal";

export type LinkState = "connected" | "error" | "disconnected";

/** The members of `account.journal.kanban_dashboard`, a JSON text. Instants are UTC; null where nothing is known. */
export interface KanbanDashboard {
  balance: number;
  currency: string;
  digits: number;
  last_statement: { id: number; name: string; date: string } | null;
  pending_count: number;
  line_count: number;
  provider_refresh: string | null;
  last_refresh: string | null;
  last_success: string | null;
  next_refresh: string | null;
  /** "balance" is about the figures, not the connection: see balance_check. */
  attention: Attention | "balance" | "none";
  /** The bank's newest booked balance against the lines; absent while the bank reported none. */
  balance_check?: BalanceCheck | null;
  link_state: LinkState | false | null;
  error_message: string | false;
  error_reference: string | false;
  /** Oldest first. */
  history: { date: string; balance: number }[];
}

export interface BalanceCheck {
  date: string;
  reported: number;
  computed: number;
  difference: number;
  verdict: "agrees" | "disagrees" | "open";
  first_disagreement?: string;
}

/** A bank journal as the pages show it. */
export interface Journal {
  id: number;
  name: string;
  code: string;
  accountNumber: string | null;
  linkId: number | null;
  /** The connection's name, as a rule the bank's. */
  linkName: string | null;
  accountId: number | null;
  source: "undefined" | "file_import" | "online_sync";
  linkState: LinkState | null;
  attention: Attention | null;
  dashboard: KanbanDashboard;
}

interface Row {
  id: number;
  name: string;
  code: string;
  currency_id: Many2one;
  bank_acc_number: string | false;
  bank_statements_source: Journal["source"] | false;
  account_online_account_id: Many2one;
  account_online_link_id: Many2one;
  account_online_link_state: LinkState | false;
  kanban_dashboard: string | Partial<KanbanDashboard> | false;
}

const fields = [
  "name", "code", "currency_id", "bank_acc_number", "bank_statements_source", "account_online_account_id",
  "account_online_link_id", "account_online_link_state", "kanban_dashboard",
];

export const journalsKey = ["journals"] as const;

/** Every bank journal that the user may see, in the host's order. */
export async function journalRows(client: Client): Promise<Journal[]> {
  const rows = await client.searchRead<Row>("account.journal", [["type", "=", "bank"]], fields);
  return rows.map(fromRow);
}

function fromRow(row: Row): Journal {
  const dashboard = dashboardOf(row);
  return {
    id: row.id,
    name: row.name,
    code: row.code,
    accountNumber: row.bank_acc_number || null,
    linkId: row.account_online_link_id ? row.account_online_link_id[0] : null,
    linkName: row.account_online_link_id ? row.account_online_link_id[1] : null,
    accountId: row.account_online_account_id ? row.account_online_account_id[0] : null,
    source: row.bank_statements_source || "undefined",
    linkState: row.account_online_link_state || dashboard.link_state || null,
    attention: dashboard.attention === "none" || dashboard.attention === "balance" ? null : dashboard.attention,
    dashboard,
  };
}

/** A card without its JSON still shows: balance 0 in the journal's currency, nothing known beside it. */
function dashboardOf({ kanban_dashboard: raw, currency_id }: Row): KanbanDashboard {
  const given = typeof raw === "string" ? parsed(raw) : raw || {};
  return {
    balance: 0,
    currency: currency_id ? currency_id[1] : "",
    digits: 2,
    last_statement: null,
    pending_count: 0,
    line_count: 0,
    provider_refresh: null,
    last_refresh: null,
    last_success: null,
    next_refresh: null,
    attention: "none",
    link_state: null,
    error_message: false,
    error_reference: false,
    ...given,
    history: given.history ?? [],
  };
}

function parsed(text: string): Partial<KanbanDashboard> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
