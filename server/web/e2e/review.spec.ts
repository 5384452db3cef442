import { expect } from "@playwright/test";
import { expectAccessible, logIn, test } from "./page";

test.skip(Boolean(process.env.BASE_URL), "answers the fake host's questions; a real host has none to begin with");

test("questions stand beside what they are about, are answered by keyboard, and go", async ({ page }) => {
  await logIn(page);
  await expect(page.getByRole("article", { name: "Savings" }).getByText("1 open question")).toBeVisible();
  await page.getByRole("navigation").getByRole("link", { name: /Review.*3 open questions/ }).click();
  await expect(page.getByRole("article")).toHaveCount(3);
  const reissued = page.getByRole("article", { name: "Told again under another id?" });
  await expect(reissued.getByRole("columnheader", { name: /Told now/ })).toBeVisible();
  await expectAccessible(page);

  await reissued.getByRole("button", { name: "Same payment: keep one line" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page.getByRole("article", { name: "Typed by hand before?" }).getByRole("heading")).toBeFocused();
  await expect(page.getByRole("navigation").getByRole("link", { name: /2 open questions/ })).toBeVisible();
});

test("questions fit a telephone, in Dutch and in the dark", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await logIn(page);
  await page.getByText("NL", { exact: true }).click();
  await page.getByRole("button", { name: "Naar donkere kleuren" }).click();
  await page.getByRole("link", { name: /^Nakijken/ }).click();
  await expect(page.getByRole("article", { name: "Door de bank teruggenomen?" })).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
