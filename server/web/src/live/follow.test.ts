import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { journalsKey } from "../journals/journal";
import { Client } from "../rpc/client";
import { Follower } from "./follow";
import { Runs } from "./runs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("Follower", () => {
  it("asks again after the last change, and never twice at once, however many changes come", async () => {
    const queries = new QueryClient();
    const asked = { now: 0, most: 0, times: 0, last: 0 };
    const observer = new QueryObserver(queries, {
      queryKey: journalsKey,
      queryFn: async () => {
        asked.most = Math.max(asked.most, ++asked.now);
        asked.times++;
        asked.last = Date.now();
        await wait(400);
        asked.now--;
        return [];
      },
    });
    const stop = observer.subscribe(() => {});
    const follower = new Follower(new Client({ base: "http://x/", fetch }), queries, new Runs(), () => {}, () => {}, () => {}, 100);
    await vi.advanceTimersByTimeAsync(500);

    let changed = 0;
    for (let n = 0; n < 200; n++) {
      follower.take({ type: "account.journal/changed", payload: { id: n } });
      changed = Date.now();
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked.most).toBe(1);
    expect(asked.times).toBeLessThanOrEqual(7);
    expect(asked.last).toBeGreaterThanOrEqual(changed);
    follower.stop();
    stop();
  });

  it("hands on which lines are new, and begins anew when the host says so", () => {
    const fresh = vi.fn();
    const reload = vi.fn();
    const follower = new Follower(new Client({ base: "http://x/", fetch }), new QueryClient(), new Runs(), fresh, reload);
    follower.take({ type: "account.bank.statement.line/created", payload: { id: 1, run: 1, count: 2, ids: [7, "x", 8] } });
    follower.take({ type: "girosync/reload", payload: {} });
    follower.take({ type: "something/else", payload: {} });
    follower.stop();
    expect(fresh.mock.calls).toEqual([[[7, 8]]]);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("hands on what the host tells a person", () => {
    const notify = vi.fn();
    const follower = new Follower(new Client({ base: "http://x/", fetch }), new QueryClient(), new Runs(), () => {}, () => {}, notify);
    follower.take({ type: "simple_notification", payload: { type: "warning", title: "Late", message: "The bank is slow." } });
    follower.take({ type: "simple_notification", payload: { type: "no such type", message: "Done." } });
    follower.take({ type: "simple_notification", payload: { title: 7 } });
    follower.stop();
    expect(notify.mock.calls).toEqual([
      [{ type: "warning", title: "Late", message: "The bank is slow.", sticky: false }],
      [{ type: "info", title: "", message: "Done.", sticky: false }],
    ]);
  });
});
