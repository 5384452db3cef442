import { act, screen, waitFor, within } from "@testing-library/react";
import type userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { makeWorld } from "./fake/world";
import { card, loggedIn, open } from "./open";

async function synchronize(user: ReturnType<typeof userEvent.setup>, name: string) {
  const found = await card(name);
  await user.click(within(found).getByRole("button", { name: `Synchronize Now: ${name}` }));
  return within(found).getByTestId("run-note");
}

describe("logging in", () => {
  it("tells a wrong password and empties the field", async () => {
    const { user } = open();
    await user.type(await screen.findByRole("textbox", { name: "Login" }), "admin");
    await user.type(screen.getByLabelText("Password"), "guess");
    await user.click(screen.getByRole("button", { name: "Log in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Wrong login or password.");
    expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("");
  });

  it("asks for the database only when there are several", async () => {
    open({ databases: ["demo", "shop"] });
    expect(await screen.findByRole("combobox", { name: "Database" })).toBeTruthy();
  });

  it("says what is missing instead of asking the host", async () => {
    const { host, user } = open();
    await user.click(await screen.findByRole("button", { name: "Log in" }));
    expect(screen.getAllByText("Fill this in.")).toHaveLength(2);
    expect(host.calls).toEqual([]);
  });

  it("returns to the log-in when the session has expired, and says so", async () => {
    const { host, user } = await loggedIn();
    host.expire();
    await synchronize(user, "Savings");
    expect(await screen.findByText("Your session has ended. Log in again to go on.")).toBeTruthy();
  });

  it("returns to the log-in when the bus says that the session has expired", async () => {
    const { host } = await loggedIn();
    act(() => host.hangUp(4001));
    expect(await screen.findByText("Your session has ended. Log in again to go on.")).toBeTruthy();
  });

  it("speaks Dutch when asked to, and remembers it", async () => {
    const { user } = open();
    await user.click(await screen.findByText("NL"));
    expect(await screen.findByRole("button", { name: "Inloggen" })).toBeTruthy();
    expect(localStorage.getItem("girosync-language")).toBe("nl");
    expect(document.documentElement.lang).toBe("nl");
  });
});

describe("accounts", () => {
  it("show the balance with the currency's digits, freshness told apart, and what to do", async () => {
    await loggedIn({ now: new Date() });
    const current = within(await card("Current account"));
    expect(current.getByText("BE68 5390 0754 7034")).toBeTruthy();
    expect(current.getByText(/^Bank data of .*\d\d:\d\d · fetched .*\d\d:\d\d$/)).toBeTruthy();
    expect(within(await card("Tokyo office")).getByTestId("balance").textContent).toMatch(/^-?¥[\d,]+$/);
    expect(within(await card("Gulf branch")).getByTestId("balance").textContent).toMatch(/\.\d{3}$/);
    expect(within(await card("US operations")).getByText("Your bank wants a code.")).toBeTruthy();
    const tokyo = within(await card("Tokyo office"));
    expect(tokyo.getByText("The bank does not answer.")).toBeTruthy();
    expect(tokyo.getByText("Reference GS-7KQ2-M4XD")).toBeTruthy();
  });

  it("tell when the bank's balance is not what the lines come to, and since when", async () => {
    const journals = makeWorld(new Date());
    const [current, savings] = journals;
    current!.check = { date: "2026-03-05", reported: 1200.5, computed: 1234, difference: -33.5, verdict: "disagrees", first_disagreement: "2026-03-02" };
    savings!.check = { date: "2026-03-05", reported: 10, computed: 10, difference: 0, verdict: "agrees" };
    const { user } = await loggedIn({ journals });
    const note = (await card("Current account")).querySelector("[data-balance]");
    expect(note?.textContent).toBe(
      "The bank's balance differs by €33.50. On Mar 5, 2026 the bank reported €1,200.50; the lines come to €1,234.00. It began on Mar 2, 2026.");
    expect((await card("Current account")).querySelector("[data-attention]")).toBeNull();
    expect((await card("Savings")).querySelector("[data-balance]")).toBeNull();
    await user.click(await screen.findByText("NL"));
    await waitFor(() => expect(note?.textContent).toMatch(/^Het saldo van de bank wijkt €\s33,50 af\. Op 5 mrt\.? 2026 meldde de bank/));
  });

  it("invite to connect when there are none", async () => {
    await loggedIn({ journals: [] });
    expect(await screen.findByRole("heading", { name: "No bank account yet" })).toBeTruthy();
  });

  it("listen to everything of the company", async () => {
    const { host } = await loggedIn();
    expect(host.subscriptions).toEqual([{ channels: ["res.company/1"], last: 0 }]);
  });
});

describe("Synchronize Now", () => {
  it("shows progress, then how many lines are new, and the new balance", async () => {
    const { user } = await loggedIn({ pace: 250 });
    const before = within(await card("Savings")).getByTestId("balance").textContent;
    const note = await synchronize(user, "Savings");
    const bar = await within(note).findByRole("progressbar");
    await waitFor(() => expect(Number(bar.getAttribute("aria-valuenow"))).toBe(60));
    expect(within(note).getByText("9 of 12 transactions")).toBeTruthy();
    expect(await within(note).findByText("12 new lines")).toBeTruthy();
    await waitFor(async () => expect(within(await card("Savings")).getByTestId("balance").textContent).not.toBe(before));
  });

  it("tells that there is nothing new", async () => {
    const { host, user } = await loggedIn();
    host.endings.push({ outcome: "nothing_new", lines: 0 });
    expect(await within(await synchronize(user, "Savings")).findByText("Nothing new.")).toBeTruthy();
  });

  it("tells what failed, what to do and the reference, and lets it be put away", async () => {
    const { host, user } = await loggedIn();
    host.endings.push({ outcome: "bank_unavailable", lines: 0, error: ["No answer within 30 s.", "GS-AB12"] });
    const note = await synchronize(user, "Savings");
    expect(await within(note).findByText("The bank does not answer.")).toBeTruthy();
    expect(within(note).getByText("No answer within 30 s.")).toBeTruthy();
    expect(within(note).getByText("Reference GS-AB12")).toBeTruthy();
    await user.click(within(note).getByRole("button", { name: "Close this message" }));
    expect(note.textContent).toBe("");
  });

  it("tells when the press itself does not reach the host", async () => {
    const { host, user } = await loggedIn();
    host.down = true;
    const note = await synchronize(user, "Savings");
    expect(await within(note).findByText(/The server cannot be reached/)).toBeTruthy();
  });

  it("presses all connected accounts at once", async () => {
    const { host, user } = await loggedIn();
    await user.click(screen.getByRole("button", { name: "Synchronize all" }));
    await waitFor(() => expect(screen.getAllByText("12 new lines")).toHaveLength(4));
    expect(host.calls.filter((call) => call === "account.journal.manual_sync")).toHaveLength(1);
  });

  it("shows a run that someone else began", async () => {
    const { host } = await loggedIn();
    const other = host.browser();
    await other.fetch("http://x/web/session/authenticate", { body: JSON.stringify({ params: { db: "demo", login: "admin", password: "admin" } }) });
    await other.fetch("http://x/web/dataset/call_kw", {
      body: JSON.stringify({ params: { model: "account.journal", method: "manual_sync", args: [[2]], kwargs: {} } }),
    });
    expect(await within(await card("Savings")).findByText("12 new lines")).toBeTruthy();
  });

  it("learns the end from the run itself when the bus is silent", async () => {
    const { host, user } = await loggedIn();
    host.mute = true;
    host.endings.push({ outcome: "nothing_new", lines: 0 });
    expect(await within(await synchronize(user, "Savings")).findByText("Nothing new.")).toBeTruthy();
  });

  it("gets what it missed when the bus comes back", async () => {
    const { host, user } = await loggedIn({ pace: 80 });
    const note = await synchronize(user, "Savings");
    await within(note).findByText(/of 12 transactions/);
    act(() => host.hangUp());
    expect(await screen.findByText("Reconnecting…")).toBeTruthy();
    expect(await within(note).findByText("12 new lines")).toBeTruthy();
    expect(host.subscriptions.at(-1)?.last).toBeGreaterThan(0);
  });
});

describe("transactions", () => {
  async function transactions(name: string) {
    const opened = await loggedIn();
    await opened.user.click(within(await card(name)).getByRole("link", { name: `Transactions of ${name}` }));
    await screen.findByRole("table");
    return opened;
  }

  const rows = () => document.querySelectorAll("tr[data-line]");

  it("stand in pages of 80 under their statements", async () => {
    const { user } = await transactions("Current account");
    expect(rows()).toHaveLength(80);
    expect(screen.getByText("1–80 of 2,400")).toBeTruthy();
    expect(screen.getAllByRole("rowheader").length).toBeGreaterThan(1);
    expect(await screen.findAllByText(/^Opening /)).not.toHaveLength(0);
    const first = rows()[0]?.getAttribute("data-line");
    await user.click(screen.getByRole("button", { name: "Older" }));
    expect(await screen.findByText("81–160 of 2,400")).toBeTruthy();
    await waitFor(() => expect(rows()[0]?.getAttribute("data-line")).not.toBe(first));
  });

  it("can be searched", async () => {
    const { user } = await transactions("Savings");
    await user.type(screen.getByRole("searchbox"), "city water");
    await waitFor(() => expect(rows().length).toBeLessThan(60));
    for (const row of rows()) expect(row.textContent).toContain("City Water");
    await user.clear(screen.getByRole("searchbox"));
    await user.type(screen.getByRole("searchbox"), "no such thing");
    expect(await screen.findByText("Nothing found for “no such thing”")).toBeTruthy();
  });

  it("come in while one looks on, marked as new", async () => {
    const { host, user } = await transactions("Savings");
    host.endings.push({ outcome: "ok", lines: 3 });
    await user.click(screen.getByRole("button", { name: "Synchronize Now: Savings" }));
    expect(await screen.findByText("New payment 3")).toBeTruthy();
    expect(document.querySelectorAll("tr[data-fresh]")).toHaveLength(3);
  });
});

describe("connecting a bank", () => {
  it("goes from the search through the bank's questions to a journal's first lines, keeping nothing that was typed", async () => {
    const { host, user } = await loggedIn();
    await user.click(within(screen.getByRole("navigation")).getByRole("link", { name: "Connect a bank" }));
    await user.type(await screen.findByRole("searchbox", { name: "Your bank" }), "midi");
    await user.click(await screen.findByRole("button", { name: /Banque du Midi/ }));

    await user.type(await screen.findByRole("textbox", { name: /User number/ }), "canary-user");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(screen.getByText("Fill this in.")).toBeTruthy();
    await user.type(screen.getByLabelText(/PIN/), "0000");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByText("The bank does not know this PIN.")).toBeTruthy();
    await user.clear(screen.getByLabelText(/PIN/));
    await user.type(screen.getByLabelText(/PIN/), "canary-pin");
    await user.click(screen.getByRole("button", { name: "Continue" }));

    await user.type(await screen.findByRole("textbox", { name: /Code/ }), "123456");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await user.click(await screen.findByRole("checkbox", { name: "Reserve" }));
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(host.flows.typed).toEqual(["canary-user", "0000", "false", "canary-user", "canary-pin", "false", "123456", "a1"]);

    await screen.findByRole("heading", { name: "Your bank is connected" });
    await user.click(screen.getByRole("link", { name: "Back to the accounts" }));
    expect(await within(await card("Business current")).findByText("12 new lines")).toBeTruthy();
    const kept = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]) + document.documentElement.outerHTML;
    expect(kept).not.toContain("canary");
  });

  it("feeds the journal that asked for it, and others when one chooses so", async () => {
    const { host, user } = await loggedIn();
    await user.click(within(await card("Petty cash card")).getByRole("link", { name: "Connect" }));
    await user.type(await screen.findByRole("searchbox", { name: "Your bank" }), "midi");
    await user.click(await screen.findByRole("button", { name: /Banque du Midi/ }));
    await user.type(await screen.findByRole("textbox", { name: /User number/ }), "u");
    await user.type(screen.getByLabelText(/PIN/), "1");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await user.type(await screen.findByRole("textbox", { name: /Code/ }), "123456");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    const target = await screen.findByRole<HTMLInputElement>("combobox", { name: "Journal for Business current" });
    expect(target.value).toBe("Petty cash card");
    expect(screen.getByRole<HTMLInputElement>("combobox", { name: "Journal for Reserve" }).value).toBe("The matching journal, or a new one");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await screen.findByRole("heading", { name: "Your bank is connected" });
    expect(host.journals.find(({ name }) => name === "Petty cash card")?.link?.name).toBe("Banque du Midi");
  });

  it("warns of a bank in beta before it begins", async () => {
    const { host, user } = await loggedIn();
    await user.click(within(screen.getByRole("navigation")).getByRole("link", { name: "Connect a bank" }));
    await user.type(await screen.findByRole("searchbox", { name: "Your bank" }), "midland");
    await user.click(await screen.findByRole("button", { name: /Midland/ }));
    expect(await screen.findByText("This bank is in beta")).toBeTruthy();
    expect(host.calls).not.toContain("account.online.flow.start");
    await user.click(screen.getByRole("button", { name: "Connect all the same" }));
    expect(await screen.findByText("Log in to your bank")).toBeTruthy();
  });
});

describe("an account that needs someone", () => {
  it("leads to the bank's question and back", async () => {
    const { host, user } = await loggedIn();
    await user.click(within(await card("US operations")).getByRole("button", { name: "Enter the code" }));
    expect(await screen.findByRole("heading", { name: "Renew the connection" })).toBeTruthy();
    await user.type(await screen.findByRole("textbox", { name: /User number/ }), "u");
    await user.type(screen.getByLabelText(/PIN/), "1");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await user.type(await screen.findByRole("textbox", { name: /Code/ }), "123456");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByRole("heading", { name: "The connection is in order." })).toBeTruthy();
    expect(host.journals).toHaveLength(6);
  });

  it("may be left by cancelling", async () => {
    const { host, user } = await loggedIn();
    await user.click(within(await card("US operations")).getByRole("button", { name: "Enter the code" }));
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(await screen.findByRole("heading", { name: "Accounts" })).toBeTruthy();
    expect(host.calls).toContain("account.online.flow.cancel");
  });
});

describe("what the host tells a person", () => {
  it("is shown once, and stays until it is closed", async () => {
    const { host, user } = await loggedIn();
    const damage = { type: "danger", sticky: true, title: "A database is damaged", message: "Restore the newest dump of books." };
    act(() => {
      host.say("simple_notification", damage);
      host.say("simple_notification", damage);
      host.say("simple_notification", { type: "danger", title: 7 });
    });
    const note = within(await screen.findByRole("alert"));
    expect(note.getByText("A database is damaged")).toBeTruthy();
    expect(note.getByText("Restore the newest dump of books.")).toBeTruthy();
    await user.click(note.getByRole("button", { name: "Close this message" }));
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
