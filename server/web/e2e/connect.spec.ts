import { expect } from "@playwright/test";
import { expectAccessible, logIn, test } from "./page";

test.skip(Boolean(process.env.BASE_URL), "walks the fake host's bank; a real host's banks ask other things");

test("a bank is connected step by step, each of them accessible", async ({ page }) => {
  await logIn(page);
  await page.getByRole("navigation").getByRole("link", { name: "Connect a bank" }).click();
  await page.getByRole("searchbox", { name: "Your bank" }).fill("midi");
  await page.getByRole("button", { name: /Banque du Midi/ }).click();

  await page.getByRole("textbox", { name: "User number" }).fill("12");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Fill this in.")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel(/^PIN/).fill("9876");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("textbox", { name: "Code" }).fill("111111");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("checkbox", { name: "Reserve" })).toBeChecked();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "Your bank is connected" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Back to the accounts" }).click();
  await expect(page.getByRole("article", { name: "Business current" }).getByText("12 new lines")).toBeVisible();
  await expectAccessible(page);
});
