import { defineConfig, devices } from "@playwright/test";

/**
 * BASE_URL names a real host with the demo database; without it the built
 * dashboard is served with a fake host behind it. Debian's Chromium is used,
 * never a downloaded one.
 */
const fakePort = 4179;
const baseURL = process.env.BASE_URL ?? `http://127.0.0.1:${fakePort}`;

export default defineConfig({
  testDir: "e2e",
  globalSetup: process.env.BASE_URL ? undefined : "./e2e/fakeHost.ts",
  fullyParallel: false,
  workers: 1,
  // Only what never comes is waited for so long, on a slow and busy machine, too.
  timeout: 900_000,
  expect: { timeout: 300_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  metadata: { fakePort },
  use: {
    ...devices["Desktop Chrome"],
    baseURL,
    locale: "en-US",
    timezoneId: "Europe/Brussels",
    // Without pictures: taking them slows down every test.
    trace: { mode: "retain-on-failure", screenshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
        "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
      ],
    },
  },
});
