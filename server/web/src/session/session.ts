import type { Client, Many2one } from "../rpc/client";

/** Who is logged in, and where. */
export interface Session {
  userId: number;
  userName: string;
  database: string;
  timeZone: string | undefined;
  /** Bytes that a call may have; undefined when the host does not say. */
  callSize: number | undefined;
  /** The company worked in, and every company the user may see. */
  company: Company;
  companies: Company[];
}

export interface Company {
  id: number;
  name: string;
}

/** What `/web/session/authenticate` and `get_session_info` answer, as far as it is used here. */
interface SessionInfo {
  uid: number | false | null;
  name: string;
  db: string;
  user_context: { lang: string; tz: string | false; uid: number };
  max_file_upload_size?: number;
  user_companies?: { current_company: number; allowed_companies: Record<string, Company> };
}

export async function databases(client: Client): Promise<string[]> {
  return client.route<string[]>("/web/database/list");
}

/** @throws Fault of kind `denied` when login or password is wrong. */
export async function logIn(client: Client, database: string, login: string, password: string): Promise<Session> {
  return begin(client, await client.route<SessionInfo>("/web/session/authenticate", { db: database, login, password }));
}

/** The session that the browser's cookie still stands for. @throws Fault of kind `expired` when there is none. */
export async function resume(client: Client): Promise<Session> {
  return begin(client, await client.route<SessionInfo>("/web/session/get_session_info"));
}

export async function logOut(client: Client): Promise<void> {
  await client.route("/web/session/destroy");
}

/** Uses `language` in calls when the database has it installed; errors then come in that language. */
export async function speak(client: Client, language: string): Promise<void> {
  const installed = await client.searchCount("res.lang", [["code", "=", language], ["active", "=", true]]);
  if (installed > 0) client.context = { ...client.context, lang: language };
}

async function begin(client: Client, info: SessionInfo): Promise<Session> {
  client.context = { ...info.user_context };
  const { company, companies } = await companiesOf(client, info);
  return {
    userId: info.user_context.uid,
    userName: info.name,
    database: info.db,
    timeZone: info.user_context.tz || undefined,
    callSize: info.max_file_upload_size,
    company,
    companies,
  };
}

async function companiesOf(client: Client, info: SessionInfo): Promise<{ company: Company; companies: Company[] }> {
  const known = info.user_companies;
  if (known) {
    const companies = Object.values(known.allowed_companies).map(({ id, name }) => ({ id, name }));
    const company = companies.find(({ id }) => id === known.current_company) ?? companies[0];
    if (company) return { company, companies };
  }
  const users = await client.call<{ company_id: Many2one }[]>("res.users", "read", [[info.user_context.uid]], {
    fields: ["company_id"],
  });
  const pair = users[0]?.company_id;
  const company = pair ? { id: pair[0], name: pair[1] } : { id: 1, name: "" };
  return { company, companies: [company] };
}
