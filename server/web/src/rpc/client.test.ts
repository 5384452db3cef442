import { describe, expect, it, vi } from "vitest";
import { Client } from "./client";
import { Fault } from "./fault";

function clientOver(respond: (url: string, body: { params: Record<string, unknown> }) => Response | Promise<Response>) {
  return new Client({
    base: "http://host.example/sync/",
    fetch: async (input, init) => respond(String(input), JSON.parse(String(init?.body)) as { params: Record<string, unknown> }),
  });
}

const failing = (code: number, name: string, message = "as told") =>
  clientOver(() => Response.json({ jsonrpc: "2.0", id: null, error: { code, message: "Odoo Server Error", data: { name, message } } }));

async function faultFrom(call: Promise<unknown>): Promise<Fault> {
  const cause = await call.then(() => null, (caught: unknown) => caught);
  return cause instanceof Fault ? cause : expect.fail(`no Fault but ${String(cause)}`);
}

describe("Client", () => {
  it("calls a model under the page's own address, with the session's context under the call's", async () => {
    const seen: unknown[] = [];
    const client = clientOver((url, { params }) => {
      seen.push(url, params);
      return Response.json({ jsonrpc: "2.0", id: 1, result: [[7]] });
    });
    client.context = { lang: "nl_NL", uid: 2 };
    const answer = await client.call("account.journal", "manual_sync", [[7]], { context: { uid: 3 } });
    expect(answer).toEqual([[7]]);
    expect(seen).toEqual([
      "http://host.example/sync/web/dataset/call_kw/account.journal/manual_sync",
      { model: "account.journal", method: "manual_sync", args: [[7]], kwargs: { context: { lang: "nl_NL", uid: 3 } } },
    ]);
  });

  it("takes an answer without a result for a method that returns nothing", async () => {
    const client = clientOver(() => Response.json({ jsonrpc: "2.0", id: 1 }));
    expect(await client.route("/web/session/destroy")).toBeUndefined();
  });

  it.each([
    [100, "odoo.http.SessionExpiredException", "expired"],
    [200, "odoo.exceptions.AccessDenied", "denied"],
    [200, "odoo.exceptions.AccessError", "forbidden"],
    [200, "odoo.exceptions.UserError", "refused"],
    [200, "odoo.exceptions.ValidationError", "refused"],
    [200, "odoo.exceptions.MissingError", "missing"],
    [200, "builtins.ValueError", "internal"],
    [404, "werkzeug.exceptions.NotFound", "internal"],
  ])("tells error %d %s as %s", async (code, name, kind) => {
    const fault = await faultFrom(failing(code, name).route("/x"));
    expect([fault.kind, fault.message]).toEqual([kind, "as told"]);
  });

  it("keeps the host's reference", async () => {
    const fault = await faultFrom(failing(200, "builtins.Exception", "It broke.\n(GS-1A2B)").route("/x"));
    expect([fault.message, fault.reference]).toEqual(["It broke.", "GS-1A2B"]);
    const missing = await faultFrom(failing(200, "odoo.exceptions.MissingError", "Gone.\n(Record: x(1,), User: 2)").route("/x"));
    expect(missing.reference).toBeNull();
  });

  it("tells listeners of an expired session, whichever call met it", async () => {
    const client = failing(100, "odoo.http.SessionExpiredException");
    const expired = vi.fn();
    client.onExpired(expired);
    await faultFrom(client.call("res.users", "read", [[1]]));
    expect(expired).toHaveBeenCalledOnce();
  });

  it.each([
    ["no network", () => Promise.reject(new TypeError("Failed to fetch")), "offline"],
    ["a proxy without its host", () => new Response("<html>", { status: 502 }), "offline"],
    ["an answer that is no JSON", () => new Response("<html>", { status: 400 }), "internal"],
  ])("meets %s", async (_, respond, kind) => {
    expect((await faultFrom(clientOver(respond).route("/x"))).kind).toBe(kind);
  });
});
