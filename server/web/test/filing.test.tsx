import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { card, loggedIn } from "./open";

const table = (rows: string, name = "export.csv") => new File([`Date,Description,Amount\n${rows}`], name, { type: "text/csv" });
const three = "03/04/2026,Rent,-800.00\n04/04/2026,Baker,-5.20\n05/04/2026,Invoice 7,120.00\n";

async function choose(opened: Awaited<ReturnType<typeof loggedIn>>, ...files: File[]) {
  const input = (await card("Petty cash card")).querySelector<HTMLInputElement>("input[type=file]");
  if (!input) throw new Error("no place for files");
  await opened.user.upload(input, files);
  return screen.findByRole("dialog", { name: "Import into Petty cash card" });
}

describe("importing a file", () => {
  it("asks what it leaves open, shows what would happen, then imports and remembers", async () => {
    const opened = await loggedIn();
    const { host, user } = opened;
    const dialog = within(await choose(opened, table(three)));
    expect(await dialog.findByText(/the date 03\/04\/2026 can be read/)).toBeTruthy();
    expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Continue" }).disabled).toBe(true);
    await user.click(dialog.getByRole("radio", { name: "Month, day, year" }));
    expect(await dialog.findByText("Mar 4, 2026")).toBeTruthy();
    await user.click(dialog.getByRole("radio", { name: "Day, month, year" }));
    expect(await dialog.findByText("Apr 3, 2026")).toBeTruthy();
    await waitFor(() => expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Continue" }).disabled).toBe(false));
    await user.click(dialog.getByRole("button", { name: "Continue" }));
    const go = await dialog.findByRole("button", { name: "Import 3 new transactions" });
    expect(host.files.imported).toEqual([]);
    await user.click(go);
    expect(await dialog.findByText("3 new transactions")).toBeTruthy();
    expect(host.files.imported).toEqual(["export.csv, remembered"]);
    await user.click(dialog.getByRole("link", { name: "See the transactions" }));
    expect(await screen.findByText("Invoice 7")).toBeTruthy();
  });

  it("says what the file proves, and what does not agree, before the button that imports", async () => {
    const opened = await loggedIn();
    const { user } = opened;
    const balances = (last: string) => new File([`Date,Description,Amount,Balance\n13/04/2026,Tea,-4.00,96.00\n14/04/2026,Soup,-6.00,${last}\n`], "b.csv");
    const dialog = within(await choose(opened, balances("90.00"), balances("80.00")));
    const answer = async () => {
      await user.click(await dialog.findByRole("radio", { name: "Day, month, year" }));
      await waitFor(() => expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Continue" }).disabled).toBe(false));
    };
    await answer();
    expect(dialog.getByText("The balance column agrees with all 2 rows.")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Continue" }));
    const go = await dialog.findByRole("button", { name: "Import 2 new transactions" });
    const proof = dialog.getByText("The balance column agrees with all 2 rows.");
    expect(proof.compareDocumentPosition(go) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    expect(dialog.queryByRole("alert")).toBeNull();
    await user.click(dialog.getByRole("button", { name: "Skip to b.csv" }));
    await answer();
    await user.click(dialog.getByRole("button", { name: "Continue" }));
    await dialog.findByRole("button", { name: "Import 2 new transactions" });
    expect(dialog.getByRole("alert").textContent).toMatch(/Look at it before you import.*agrees with 1 of 2 rows\. The first that does not is line 3/);
  });

  it("lets columns be chosen when headings do not say what they are", async () => {
    const opened = await loggedIn();
    const dialog = within(await choose(opened, new File(["When,What,How much\n03/04/2026,Rent,-1\n"], "odd.csv")));
    expect(await dialog.findByText(/its columns are not known/)).toBeTruthy();
    await opened.user.click(dialog.getByRole("combobox", { name: "Date" }));
    const list = dialog.getByRole("combobox", { name: "Date" }).getAttribute("aria-controls");
    const options = await screen.findAllByRole("option", { name: "When", hidden: true });
    const own = options.find((option) => option.closest("[role=listbox]")?.id === list);
    expect(own).toBeTruthy();
    await opened.user.click(own!);
    expect(await dialog.findByText(/the date 03\/04\/2026 can be read/)).toBeTruthy();
  });

  it("takes several one after the other, past one that cannot be read, and says when nothing is new", async () => {
    const opened = await loggedIn();
    const { host, user } = opened;
    const dialog = within(await choose(opened, new File(["%PDF-1.4"], "scan.pdf"), table("13/04/2026,Tea,-4.00\n14/04/2026,Odd,much\n")));
    expect(await dialog.findByText("File 1 of 2")).toBeTruthy();
    expect((await dialog.findByRole("alert")).textContent).toMatch(/not a statement in a known format.*Nothing changed/);
    await user.click(dialog.getByRole("button", { name: "Skip to export.csv" }));
    await user.click(await dialog.findByRole("radio", { name: "Day, month, year" }));
    await waitFor(() => expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Continue" }).disabled).toBe(false));
    await user.click(dialog.getByRole("button", { name: "Continue" }));
    expect(await dialog.findByText("Line 3:")).toBeTruthy();
    await user.click(dialog.getByRole("checkbox", { name: /Remember/ }));
    await user.click(dialog.getByRole("button", { name: "Import 1 new transaction" }));
    await dialog.findByText("1 new transaction");
    expect(host.files.imported).toEqual(["export.csv"]);
    await user.click(dialog.getAllByRole("button", { name: "Close" }).at(-1)!);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("says before sending that a file is too large, and how it is imported all the same", async () => {
    const opened = await loggedIn();
    const before = opened.host.calls.length;
    const huge = table(three);
    Object.defineProperty(huge, "size", { value: 60 << 20 });
    const dialog = within(await choose(opened, huge));
    expect((await dialog.findByRole("alert")).textContent).toMatch(/62.9 MB; this server takes files up to 50.3 MB.*girosync import export.csv --db demo --journal BNK6/);
    expect(opened.host.calls.slice(before)).toEqual([]);
  });

  it("tells when the server is away, and tries again", async () => {
    const opened = await loggedIn();
    opened.host.down = true;
    const dialog = within(await choose(opened, table("13/04/2026,Tea,-4.00\n")));
    expect((await dialog.findByRole("alert")).textContent).toContain("The server cannot be reached.");
    opened.host.down = false;
    await opened.user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByRole("radio", { name: "Day, month, year" })).toBeTruthy();
  });

  it("is not offered to who may not add lines", async () => {
    const { host } = await loggedIn({ forbidden: ["create"] });
    await card("Petty cash card");
    await waitFor(() => expect(host.calls.filter((call) => call.endsWith("has_access"))).toHaveLength(3));
    expect(screen.queryByRole("button", { name: /^Import file/ })).toBeNull();
  });
});
