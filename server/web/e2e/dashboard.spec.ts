import { expect } from "@playwright/test";
import { expectAccessible, holdCalls, logIn, test } from "./page";

test("a wrong password is told as such", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Login" }).fill("admin");
  await page.getByLabel("Password", { exact: true }).fill("not it");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toContainText("Wrong login or password");
  await expectAccessible(page);
});

test("accounts show balance and freshness, and a synchronisation runs to its end", async ({ page }) => {
  await logIn(page);
  const card = page.getByRole("article").filter({ has: page.getByRole("button", { name: /^Synchronize Now/ }) }).first();
  await expect(card.getByTestId("balance")).toHaveText(/\d/);
  await expect(card).toContainText(/[Ff]etched/);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expectAccessible(page);

  const note = card.getByTestId("run-note");
  const letGo = await holdCalls(page, "manual_sync");
  await card.getByRole("button", { name: /^Synchronize Now/ }).click();
  await expect(note.getByRole("progressbar")).toBeVisible();
  letGo();
  await expect(note).toContainText(/new lines?|Nothing new/);
  await expectAccessible(page);
});

test("transactions stand under their statements and can be searched and paged", async ({ page }) => {
  await logIn(page);
  await page.getByRole("link", { name: /^Transactions of/ }).first().click();
  const table = page.getByRole("table");
  await expect(table.locator("tr[data-line]").first()).toBeVisible();
  await expect(table.getByRole("rowheader").first()).toBeVisible();
  await expectAccessible(page);

  const partner = await table.locator("tr[data-line]").first().locator("td").nth(1).innerText();
  const word = /\p{L}{4,}/u.exec(partner)?.[0] ?? "a";
  await page.getByRole("searchbox").fill(word);
  // The rows from before stay until the answer is there.
  await expect(table.locator("tr[data-line]").filter({ hasNotText: new RegExp(word, "i") })).toHaveCount(0);
  await expect(table.locator("tr[data-line]").first()).toBeVisible();
  await expect(page.getByText(/^[\d,]+ transactions?$/)).toBeVisible();
  await page.getByRole("searchbox").fill("zzzz no such thing");
  await expect(page.getByText(/Nothing found/)).toBeVisible();
});

test("the page speaks Dutch, in the dark, on a telephone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await logIn(page);
  await page.getByText("NL", { exact: true }).click();
  await expect(page.getByRole("heading", { name: "Rekeningen", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Naar donkere kleuren" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  await page.getByRole("link", { name: /^Transacties van/ }).first().click();
  await expect(page.getByRole("table")).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("a bank can be searched for", async ({ page }) => {
  await logIn(page);
  await page.getByRole("navigation").getByRole("link", { name: "Connect a bank" }).click();
  await page.getByRole("searchbox", { name: "Your bank" }).fill("bank");
  await expect(page.getByText(/banks? found/)).toBeVisible();
  await expect(page.getByRole("listitem").first()).toBeVisible();
  await expectAccessible(page);
});

test("logging out leads back to the log-in", async ({ page }) => {
  await logIn(page);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
});

test("the keyboard alone reaches a synchronisation", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Login" }).focus();
  await page.keyboard.type("admin");
  await page.keyboard.press("Tab");
  await page.keyboard.type("admin");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article").first()).toBeVisible();
  const button = page.getByRole("button", { name: /^Synchronize Now/ }).first();
  for (let n = 0; n < 30 && !(await button.evaluate((element) => element === document.activeElement)); n++) {
    await page.keyboard.press("Tab");
  }
  await expect(button).toBeFocused();
  const letGo = await holdCalls(page, "manual_sync");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("progressbar").first()).toBeVisible();
  letGo();
  await expect(page.getByTestId("run-note").getByText(/new lines?|Nothing new/).first()).toBeVisible();
});
