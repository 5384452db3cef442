import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page, test as base } from "@playwright/test";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  impact: string | null;
  nodes: { target: unknown; failureSummary?: string }[];
}

/** A test that also fails when the page threw, broke its own content policy or logged an error. */
export const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on("pageerror", (error) => said.push(error.message));
      page.on("console", (message) => message.type() === "error" && said.push(message.text()));
      await use();
      expect(said).toEqual([]);
    },
    { auto: true },
  ],
});

/** Fails with the list of what axe finds against WCAG 2.2 A and AA and its own best practices. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } }).axe.run;
    return (await run()).violations;
  });
  const told = violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 4).map(({ target, failureSummary }) => ({ target, failureSummary })) }));
  expect(told).toEqual([]);
}

/** Keeps the calls of a method waiting until it is told to let them go, so that what the page shows meanwhile stays. */
export async function holdCalls(page: Page, method: string): Promise<() => void> {
  let letGo = () => {};
  const waiting = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(({ pathname }) => pathname.endsWith(`/${method}`), async (route) => {
    await waiting;
    await route.continue();
  });
  return letGo;
}

/** Logs in to the demo database. */
export async function logIn(page: Page): Promise<void> {
  await page.goto("/");
  const database = page.getByRole("combobox", { name: "Database" });
  await expect(page.getByRole("textbox", { name: "Login" })).toBeVisible();
  if (await database.isVisible()) {
    await database.click();
    await page.getByRole("option", { name: "demo", exact: true }).click();
  }
  await page.getByRole("textbox", { name: "Login" }).fill("admin");
  await page.getByLabel("Password", { exact: true }).fill("admin");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
}
