import { expect, type Locator, type Page } from "@playwright/test";
import { expectAccessible, logIn, test } from "./page";

const real = Boolean(process.env.BASE_URL);

/** A journal that takes files: the real host's is made by who starts it. */
const name = real ? "By file" : "Petty cash card";

const file = (rows: string, called = "export.csv", headings = "Date,Description,Amount") =>
  ({ name: called, mimeType: "text/csv", buffer: Buffer.from(`${headings}\n${rows}`) });

async function choose(page: Page, ...files: ReturnType<typeof file>[]): Promise<Locator> {
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: `Import file: ${name}` }).click();
  await (await choosing).setFiles(files);
  return page.getByRole("dialog", { name: `Import into ${name}` });
}

async function drop(page: Page, onto: Locator, dropped: ReturnType<typeof file>): Promise<void> {
  const data = await page.evaluateHandle(({ text, called }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], called, { type: "text/csv" }));
    return transfer;
  }, { text: dropped.buffer.toString(), called: dropped.name });
  await onto.dispatchEvent("dragenter", { dataTransfer: data });
  await expect(page.getByText(`Drop to import into ${name}`)).toBeVisible();
  await onto.dispatchEvent("dragover", { dataTransfer: data });
  await onto.dispatchEvent("drop", { dataTransfer: data });
}

test("a table is imported: its question answered, its transactions shown first, then in the books", async ({ page }) => {
  await logIn(page);
  const rows = "03/04/2026,Rent April,-800.00,1200.00\n04/04/2026,Baker,-5.20,1194.80\n";
  const dialog = await choose(page, file(rows, "export.csv", "Date,Description,Amount,Balance"), file("nothing", "scan.pdf", "%PDF-1.4"));
  await expect(dialog.getByText("In which order are the dates?")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("radio", { name: "Day, month, year" }).check();
  await expect(dialog.getByText("Apr 3, 2026")).toBeVisible();
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("row").filter({ hasText: "Rent April" })).toContainText("New");
  await expect(dialog.getByText("The balance column agrees with all 2 rows.")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Import 2 new transactions" }).click();
  await expect(dialog.getByText("2 new transactions")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Next: scan.pdf" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Nothing changed.");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole("link", { name: `Transactions of ${name}` }).click();
  await expect(page.getByRole("table").getByText("Rent April")).toBeVisible();
});

test("columns whose headings say nothing are chosen, and what is not the journal's yet is told by line", async ({ page }) => {
  await logIn(page);
  const dialog = await choose(page, file("23/04/2026,Lunch,-9.10\n", "odd.csv", "When,What,How much"));
  await expect(dialog.locator("[data-stage=asking]")).toBeVisible();
  for (const [field, column] of [["Date", "When"], ["Amount", "How much"], ["Label", "What"]] as const) {
    await dialog.getByRole("combobox", { name: field, exact: true }).click();
    await page.getByRole("option", { name: column, exact: true }).click();
    // The list of the label stays, since it may have several.
    if (field === "Label") await page.keyboard.press("Escape");
  }
  if (!real) await dialog.getByRole("radio", { name: "Day, month, year" }).check();
  await expect(dialog.getByText("Apr 23, 2026")).toBeVisible();
  await expectAccessible(page);
});

test("a file dropped on the page of an account is imported into it", async ({ page }) => {
  await logIn(page);
  await page.getByRole("link", { name: `Transactions of ${name}` }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  // Its columns are those that the journal has learnt.
  const april = file("16/04/2026,Flowers,-25.00,1169.80\n17/04/2026,Odd,much,1169.80\n", "april.csv", "Date,Description,Amount,Balance");
  await drop(page, page.getByRole("heading", { name, level: 1 }), april);
  const dialog = page.getByRole("dialog", { name: `Import into ${name}` });
  await expect(dialog.locator("[data-stage=asking], [data-stage=foretold]")).toBeVisible();
  if (!real) {
    await dialog.getByRole("radio", { name: "Day, month, year" }).check();
    await dialog.getByRole("button", { name: "Continue" }).click();
  }
  await expect(dialog.getByText("Line 3:")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Import 1 new transaction" }).click();
  await dialog.getByRole("link", { name: "See the transactions" }).click();
  await expect(page.getByRole("table").getByText("Flowers", { exact: true })).toBeVisible();
});

test("what a user typed before is asked about, and one line is kept", async ({ page }) => {
  test.skip(!real, "the typed line is the real host's");
  await logIn(page);
  await page.getByRole("navigation").getByRole("link", { name: /Review.*1 open question/ }).click();
  const question = page.getByRole("article", { name: "Typed by hand before?" });
  await expect(question.getByRole("cell", { name: "flowers, typed" })).toBeVisible();
  await expectAccessible(page);
  await question.getByRole("button", { name: "Same payment: keep one line" }).click();
  await expect(page.getByRole("heading", { name: "No open questions" })).toBeVisible();
});

test("the dialog fits a telephone, in Dutch and in the dark", async ({ page }) => {
  test.skip(real, "the fake host's file is enough");
  await page.setViewportSize({ width: 390, height: 844 });
  await logIn(page);
  await page.getByText("NL", { exact: true }).click();
  await page.getByRole("button", { name: "Naar donkere kleuren" }).click();
  await page.getByRole("article", { name }).locator("input[type=file]").setInputFiles([file("03/04/2026,Huur,-800.00\n")]);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Dag, maand, jaar" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Verder" }).click();
  await expect(dialog.getByRole("button", { name: "1 nieuwe transactie importeren" })).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
