import type { FlowStep } from "../../src/connect/flow";
import type { FakeHost } from "./host";
import { Refusal } from "./host";

const banks = [
  { id: 1, name: "Banque du Midi", country_codes: "BE,FR", status: "stable", history_days: 730 },
  { id: 2, name: "Noorderbank", country_codes: "NL", status: "stable", history_days: 90 },
  { id: 3, name: "Midland Credit Union", country_codes: "US", status: "beta", history_days: 90 },
].map((bank) => ({ ...bank, provider_id: [1, "demo"], auto_sync_allowed: bank.id !== 2, website: false, usable: true, reason: false }));

interface FlowRow {
  state: string;
  step: FlowStep | null;
  link: number | null;
}

/** The connection flows of the fake host: credentials, then a code, then accounts. */
export class Flows {
  private readonly flows = new Map<number, FlowRow>();
  /** Everything typed into forms, to be looked for where it must not be. */
  readonly typed: string[] = [];

  constructor(private readonly host: FakeHost) {}

  call(name: string, args: readonly unknown[], kwargs: Record<string, unknown>): unknown {
    switch (name) {
      case "account.online.institution.pick_institutions":
        return this.pick(String(args[0]), (kwargs["country"] as string | null) ?? null);
      case "account.online.flow.start":
        return this.start(args[0] as { institution_id?: number; link_id?: number });
      case "account.online.flow.submit":
        return this.submit(Number(args[0]), args[1] as Record<string, unknown>);
      case "account.online.flow.poll":
        return this.shape(Number(args[0]));
      case "account.online.flow.cancel":
        this.flows.set(Number(args[0]), { state: "cancelled", step: null, link: null });
        return true;
      default:
        throw new Refusal("builtins.AttributeError", `The fake host has no ${name}`);
    }
  }

  private pick(query: string, country: string | null): unknown {
    const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const fitting = banks.filter((bank) => plain(bank.name).includes(plain(query)) && (!country || bank.country_codes.includes(country)));
    return {
      count: fitting.length, offset: 0, limit: 20,
      banks: fitting.map((bank) => ({ name: bank.name, country_codes: bank.country_codes, choices: [bank] })),
    };
  }

  private start(wish: { institution_id?: number; link_id?: number }): unknown {
    const id = this.flows.size + 1;
    const step: FlowStep = {
      type: "form", title: "Log in to your bank", text: "Use the credentials of your online banking.",
      fields: [
        { name: "user", label: "User number", kind: "text", required: true },
        { name: "pin", label: "PIN", kind: "secret", required: true },
        { name: "keep", label: "Remember this device", kind: "boolean" },
      ],
    };
    this.flows.set(id, { state: "asking", step, link: wish.link_id ?? null });
    return this.shape(id);
  }

  private submit(id: number, values: Record<string, unknown>): unknown {
    const flow = this.flows.get(id);
    if (!flow?.step) throw new Refusal("odoo.exceptions.UserError", "This flow has ended.");
    this.typed.push(...Object.values(values).filter((value) => typeof value === "string"));
    if (flow.step.fields?.some((field) => field.name === "pin")) {
      if (values["pin"] === "0000") {
        flow.step = { ...flow.step, error: { field: "pin", message: "The bank does not know this PIN." } };
        return this.shape(id);
      }
      flow.step = { type: "form", title: "Enter the code", text: "We sent it to your phone.", fields: [{ name: "code", label: "Code", kind: "otp", required: true }] };
    } else if (flow.step.type === "form" && flow.link === null) {
      flow.step = {
        type: "accounts", title: "Accounts",
        accounts: [{ id: "a1", name: "Business current", account_number: "FR7630006000011234567890189", currency: "EUR" }, { id: "a2", name: "Reserve", currency: "EUR" }],
      };
    } else {
      if (flow.link === null) this.feed(values["journals"] as Record<string, number | "new"> | undefined);
      Object.assign(flow, { state: "done", step: null, link: flow.link ?? 9 });
    }
    return this.shape(id);
  }

  /** Gives the connection its journal and a first synchronisation. */
  private feed(journals: Record<string, number | "new"> = {}): void {
    const link = { id: 9, name: "Banque du Midi", state: "connected", attention: "none" } as const;
    const existing = this.host.journals.find(({ id }) => id === journals["a1"]);
    if (existing) existing.link = link;
    else {
      this.host.journals.push({
        id: 91, name: "Business current", code: "BNK9", bank_acc_number: "FR7630006000011234567890189", currency: "EUR",
        digits: 2, source: "online_sync", link, pending: 0, lines: [],
      });
    }
    this.host.synchronize(existing?.id ?? 91);
  }

  private shape(id: number): unknown {
    const flow = this.flows.get(id);
    if (!flow) throw new Refusal("odoo.exceptions.MissingError", "Record does not exist or has been deleted.");
    return { flow_id: id, state: flow.state, step: flow.step ?? false, link_id: flow.link ?? false, error_message: false, error_reference: false };
  }
}
