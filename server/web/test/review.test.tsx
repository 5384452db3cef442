import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { FakeOptions } from "./fake/host";
import { card, loggedIn } from "./open";

describe("the import's questions", () => {
  async function asked(options: FakeOptions = {}) {
    const opened = await loggedIn(options);
    act(() => {
      opened.host.reviews.ask("not_told", 2);
      opened.host.reviews.ask("reissued", 1);
    });
    await screen.findByRole("link", { name: /Review.*2 open questions/ });
    return opened;
  }

  it("are counted in the heading and on the card, and answered one by one", async () => {
    const { host, user } = await asked();
    expect(within(await card("Savings")).getByText(/1 open question/)).toBeTruthy();
    await user.click(screen.getByRole("link", { name: /^Review/ }));
    const reissued = await screen.findByRole("article", { name: "Told again under another id?" });
    expect(within(reissued).getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual(["Known beforeIn your books", "Told nowIn your books"]);
    expect(reissued.querySelectorAll("mark").length).toBeGreaterThan(0);
    const before = host.calls.length;
    await user.click(within(reissued).getByRole("button", { name: "Same payment: keep one line" }));
    await waitFor(() => expect(screen.queryByRole("article", { name: "Told again under another id?" })).toBeNull());
    expect(await screen.findByText("1 open question", { selector: "p" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Keep it" }));
    expect(await screen.findByRole("heading", { name: "No open questions" })).toBeTruthy();
    expect(host.reviews.answers).toEqual(["accept 2", "reject 1"]);
    expect(host.calls.slice(before).filter((call) => call.endsWith("review.accept"))).toHaveLength(1);
  });

  it("stay with the reason when the answer is refused", async () => {
    const { host, user } = await asked();
    await user.click(screen.getByRole("link", { name: /^Review/ }));
    const question = await screen.findByRole("article", { name: "Taken back by the bank?" });
    host.reviews.refusal = "The line BNK2/1 is reconciled. Undo that first.";
    await user.click(within(question).getByRole("button", { name: "Taken back: delete the line" }));
    expect((await within(question).findByRole("alert")).textContent).toContain("The line BNK2/1 is reconciled.");
    expect(host.reviews.open).toHaveLength(2);
  });

  it("go when somebody else answers, and come while one looks on", async () => {
    const { host, user } = await asked();
    await user.click(screen.getByRole("link", { name: /^Review/ }));
    await screen.findByRole("article", { name: "Taken back by the bank?" });
    act(() => void host.reviews.call("account.online.review.reject", [[1]], {}));
    await waitFor(() => expect(screen.queryByRole("article", { name: "Taken back by the bank?" })).toBeNull());
    act(() => void host.reviews.ask("typed_by_hand", 3));
    expect(await screen.findByRole("article", { name: "Typed by hand before?" })).toBeTruthy();
  });

  it("are asked for with three calls, however many they are", async () => {
    const { host, user } = await asked();
    act(() => {
      for (let n = 0; n < 30; n++) host.reviews.ask("other_day", 1);
    });
    await screen.findByRole("link", { name: /32 open questions/ });
    const before = host.calls.length;
    await user.click(screen.getByRole("link", { name: /^Review/ }));
    await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(20));
    expect(host.calls.slice(before).toSorted()).toEqual([
      "account.bank.statement.line.search_read", "account.online.review.search_read", "account.online.transaction.search_read"]);
    await user.click(screen.getByRole("button", { name: "Older" }));
    await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(12));
  });

  it("can be read but not answered without the right to", async () => {
    const { user } = await asked({ forbidden: ["unlink"] });
    await user.click(screen.getByRole("link", { name: /^Review/ }));
    await screen.findByRole("article", { name: "Taken back by the bank?" });
    expect(screen.queryByRole("button", { name: "Keep it" })).toBeNull();
    expect(screen.getByText("Only who may change and delete transactions can answer.")).toBeTruthy();
  });

  it("of one account are behind its card", async () => {
    const { user } = await asked();
    await user.click(within(await card("Savings")).getByRole("link", { name: "Answer the questions about Savings" }));
    await screen.findByRole("article", { name: "Taken back by the bank?" });
    expect(screen.getAllByRole("article")).toHaveLength(1);
    await user.click(screen.getByRole("link", { name: "Show those of all accounts" }));
    await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(2));
  });
});
