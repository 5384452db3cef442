import type { Client } from "../rpc/client";

/** One thing to fill in. */
export interface FlowField {
  name: string;
  label: string;
  kind: "text" | "secret" | "otp" | "choice" | "boolean" | "phone";
  required?: boolean;
  choices?: { value: string; label: string }[];
  /** A word of help under the field. */
  help?: string;
  default?: string;
}

/** A bank account that the bank offers. */
export interface OfferedAccount {
  id: string;
  name: string;
  account_number?: string;
  currency?: string;
}

/** What a connection asks next; which members count depends on `type`. */
export interface FlowStep {
  type: "form" | "redirect" | "wait" | "accounts" | "message";
  title?: string;
  text?: string;
  fields?: FlowField[];
  url?: string;
  /** Where `url` leads, to be shown beside it. */
  url_host?: string;
  accounts?: OfferedAccount[];
  /** Why the answer given last was not taken; `field` when it was one input. */
  error?: { field?: string; message: string };
  /** Seconds until the host shall be asked again. */
  poll_after?: number;
}

export type FlowState = "asking" | "waiting" | "done" | "failed" | "cancelled" | "expired";

export interface Flow {
  flow_id: number;
  state: FlowState;
  step: FlowStep | null;
  /** The connection, once there is one. */
  linkId: number | null;
  errorMessage: string | null;
  errorReference: string | null;
  /** What is to be known of a connection that is there, as that it has no accounts. */
  notice: string | null;
}

/**
 * Answers by field name as text: "true" and "false" for a choice of yes or no.
 * For a step of accounts: `accounts`, the ids chosen, joined by commas, and
 * `journals`, what some of them shall feed (a journal's id or "new").
 */
export type Values = Record<string, string | boolean | Record<string, string | number>>;

const model = "account.online.flow";

/** Begins a connection with an institution. */
export async function start(client: Client, institution: number, acknowledgeBeta: boolean): Promise<Flow> {
  const wish = { institution_id: institution, ...(acknowledgeBeta && { acknowledge_beta: true }) };
  return fromAnswer(await client.call<FlowAnswer>(model, "start", [wish]));
}

/** Renews an existing connection. */
export async function renew(client: Client, link: number, kind: "update" | "reconnect" | "mfa"): Promise<Flow> {
  return fromAnswer(await client.call<FlowAnswer>(model, "start", [{ link_id: link, kind }]));
}

export async function submit(client: Client, flow: number, values: Values): Promise<Flow> {
  return fromAnswer(await client.call<FlowAnswer>(model, "submit", [flow, values]));
}

export async function poll(client: Client, flow: number): Promise<Flow> {
  return fromAnswer(await client.call<FlowAnswer>(model, "poll", [flow]));
}

export async function cancel(client: Client, flow: number): Promise<void> {
  await client.call(model, "cancel", [flow]);
}

interface FlowAnswer {
  flow_id: number;
  state: FlowState;
  step: FlowStep | string | false | null;
  link_id?: number | false;
  error_message?: string | false;
  error_reference?: string | false;
  notice?: string | false;
}

/** A step may come as JSON or as its text. */
function fromAnswer({ flow_id, state, step, link_id, error_message, error_reference, notice }: FlowAnswer): Flow {
  return {
    flow_id,
    state,
    step: typeof step === "string" ? (JSON.parse(step) as FlowStep) : step || null,
    linkId: link_id || null,
    errorMessage: error_message || null,
    errorReference: error_reference || null,
    notice: notice || null,
  };
}
