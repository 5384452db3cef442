import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff, Bus, type BusMessage, type Socket } from "./bus";

/** A socket whose other end is the test. */
class Line implements Socket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  readonly sent: unknown[] = [];
  closedWith: number | undefined;

  constructor(readonly url: string) {}

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number) {
    this.closedWith = code;
  }

  open() {
    this.onopen?.({} as never);
  }

  frame(...messages: [id: number, type: string][]) {
    this.raw(JSON.stringify(messages.map(([id, type]) => ({ id, message: { type, payload: { id } } }))));
  }

  raw(data: unknown) {
    this.onmessage?.({ data } as never);
  }

  lose(code = 1006, reason = "") {
    this.onclose?.({ code, reason } as never);
  }
}

function connected(channels = ["res.company/1"]) {
  const lines: Line[] = [];
  const heard: BusMessage[] = [];
  const bus = new Bus({
    base: "https://books.example.com/sync/",
    open: (url) => {
      const line = new Line(url);
      lines.push(line);
      return line;
    },
    delay: (attempt) => 1000 * (attempt + 1),
  });
  bus.onMessage((message) => heard.push(message));
  bus.subscribe(channels);
  const line = (n: number): Line => lines[n] ?? expect.fail(`there was no connection ${n + 1}`);
  return { bus, lines, line, heard };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Bus", () => {
  it("speaks the protocol's version beside the page, and subscribes when the line is open", () => {
    const { bus, line } = connected();
    expect(line(0).url).toBe("wss://books.example.com/sync/websocket?version=18.0-3");
    expect([bus.state, line(0).sent]).toEqual(["connecting", []]);
    line(0).open();
    expect(line(0).sent).toEqual([{ event_name: "subscribe", data: { channels: ["res.company/1"], last: 0 } }]);
    expect(bus.state).toBe("live");
  });

  it("hands messages on in order and resumes after the last one", () => {
    const { bus, lines, line, heard } = connected();
    line(0).open();
    line(0).frame([13, "a"], [14, "b"]);
    line(0).frame([20, "c"]);
    line(0).lose();
    expect(bus.state).toBe("offline");
    vi.advanceTimersByTime(999);
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(1);
    line(1).open();
    expect(line(1).sent).toEqual([{ event_name: "subscribe", data: { channels: ["res.company/1"], last: 20 } }]);
    expect(heard.map(({ type }) => type)).toEqual(["a", "b", "c"]);
  });

  it("waits longer after each vain attempt and begins anew after a good one", () => {
    const { lines, line } = connected();
    line(0).lose();
    vi.advanceTimersByTime(1000);
    line(1).lose();
    vi.advanceTimersByTime(1999);
    expect(lines).toHaveLength(2);
    vi.advanceTimersByTime(1);
    line(2).open();
    line(2).lose();
    vi.advanceTimersByTime(1000);
    expect(lines).toHaveLength(4);
  });

  it("connects at once when asked to while waiting, and only then", () => {
    const { bus, lines, line } = connected();
    line(0).open();
    bus.retry();
    expect(lines).toHaveLength(1);
    line(0).lose();
    bus.retry();
    expect(lines).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
  });

  it("listens to one more channel for as long as it is wanted", () => {
    const { bus, line } = connected();
    line(0).open();
    const stop = bus.listen("account.online.flow/4");
    expect(line(0).sent.at(-1)).toEqual({ event_name: "subscribe", data: { channels: ["res.company/1", "account.online.flow/4"], last: 0 } });
    stop();
    line(0).lose();
    vi.advanceTimersByTime(1000);
    line(1).open();
    expect(line(1).sent).toEqual([{ event_name: "subscribe", data: { channels: ["res.company/1"], last: 0 } }]);
  });

  it("tells an expired session and does not come back by itself", () => {
    const { bus, lines, line } = connected();
    const expired = vi.fn();
    bus.onExpired(expired);
    line(0).open();
    line(0).lose(4001);
    vi.advanceTimersByTime(120_000);
    expect(expired).toHaveBeenCalledOnce();
    expect(lines).toHaveLength(1);
  });

  it("gives up, and says so, when the host speaks another version", () => {
    const { bus, lines, line } = connected();
    line(0).open();
    line(0).lose(1000, "OUTDATED_VERSION");
    vi.advanceTimersByTime(120_000);
    expect([bus.state, lines.length]).toEqual(["outdated", 1]);
  });

  it("comes back without a wait when the host ends a connection for its age", () => {
    const { lines, line } = connected();
    line(0).open();
    line(0).lose(4002);
    vi.advanceTimersByTime(0);
    expect(lines).toHaveLength(2);
  });

  it("stays closed once closed", () => {
    const { bus, lines, line } = connected();
    line(0).open();
    bus.close();
    line(0).lose(1000);
    vi.advanceTimersByTime(120_000);
    expect(line(0).closedWith).toBe(1000);
    expect(lines).toHaveLength(1);
  });

  it.each([
    ["no JSON", "{"],
    ["a scalar", "7"],
    ["an object", '{"id":1}'],
    ["items that are no messages", '[null, 1, {"id":"x"}, {"id":1}, {"id":2,"message":{"type":"t","payload":null}}]'],
    ["bytes", new ArrayBuffer(2)],
  ])("ignores a frame of %s", (_, data) => {
    const { line, heard } = connected();
    line(0).open();
    line(0).raw(data);
    line(0).frame([5, "good"]);
    expect(heard.map(({ type }) => type)).toEqual(["good"]);
  });
});

describe("backoff", () => {
  it("grows, stays under half a minute and never hammers", () => {
    for (let attempt = 0; attempt < 40; attempt++) {
      const ceiling = Math.min(30_000, 500 * 2 ** attempt);
      const wait = backoff(attempt);
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
      expect(wait).toBeLessThanOrEqual(ceiling);
    }
  });
});
