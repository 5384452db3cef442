import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, vi } from "vitest";
import { App } from "../src/app/App";
import { Bus } from "../src/rpc/bus";
import { Client } from "../src/rpc/client";
import { FakeHost, type FakeOptions } from "./fake/host";

// The chart needs a laid-out page; the browser tests draw it.
vi.mock("../src/journals/BalanceSparkline", () => ({ default: () => null }));

const hosts: FakeHost[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.stop();
});

/** The dashboard over a fake host, before the log-in. */
export function open(options: FakeOptions = {}) {
  const host = new FakeHost({ pace: 15, ...options });
  hosts.push(host);
  const { fetch, open: socket } = host.browser();
  const base = "http://dashboard.example/";
  const services = { client: new Client({ base, fetch }), newBus: () => new Bus({ base, open: socket, delay: () => 20 }), watchEvery: 60 };
  const user = userEvent.setup();
  render(<App services={services} />);
  return { host, user };
}

async function logIn(user: ReturnType<typeof userEvent.setup>) {
  await user.type(await screen.findByRole("textbox", { name: "Login" }), "admin");
  await user.type(screen.getByLabelText("Password"), "admin");
  await user.click(screen.getByRole("button", { name: "Log in" }));
  await screen.findByRole("heading", { name: "Accounts" });
}

/** The dashboard after the log-in. */
export async function loggedIn(options: FakeOptions = {}) {
  const opened = open(options);
  await logIn(opened.user);
  await screen.findByText("Live");
  return opened;
}

/** A journal's card. */
export const card = (name: string) => screen.findByRole("article", { name });
