/** One message as the host's bus carries it. */
export interface BusMessage {
  type: string;
  payload: Record<string, unknown>;
}

/** connecting: the first attempt; live; offline: not now, trying again; outdated: the host speaks another version. */
export type BusState = "connecting" | "live" | "offline" | "outdated";

/** The part of WebSocket that the bus needs. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
}

export interface BusOptions {
  /** Opens a connection to `url`; by default a WebSocket. */
  open?: (url: string) => Socket;
  /** The page's address, from which the bus's is derived. */
  base?: string;
  /** Milliseconds before attempt n (0, 1, …) after a loss. */
  delay?: (attempt: number) => number;
}

const protocol = "18.0-3";
const sessionExpired = 4001;
const tooOld = 4002;

/** Doubles from half a second to half a minute, with jitter so that a restarted host is not stormed. */
export function backoff(attempt: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** attempt);
  return ceiling / 2 + Math.random() * (ceiling / 2);
}

/**
 * A client of Odoo 18's bus protocol. It subscribes to the channels given,
 * hands every message on in the host's order, and after a loss connects again
 * with the last id seen, so that the host sends what was missed.
 */
export class Bus {
  private socket: Socket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private attempt = 0;
  private last = 0;
  private channels: readonly string[] = [];
  private readonly extra: string[] = [];
  private now: BusState = "connecting";
  private closed = false;
  private readonly messageListeners = new Set<(message: BusMessage) => void>();
  private readonly stateListeners = new Set<() => void>();
  private readonly expiredListeners = new Set<() => void>();
  private readonly url: string;
  private readonly open: (url: string) => Socket;
  private readonly delay: (attempt: number) => number;

  constructor(options: BusOptions = {}) {
    const url = new URL("websocket", options.base ?? new URL(".", document.baseURI).href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = `version=${protocol}`;
    this.url = url.href;
    this.open = options.open ?? ((address) => new WebSocket(address) as Socket);
    this.delay = options.delay ?? backoff;
  }

  get state(): BusState {
    return this.now;
  }

  /** Connects, if that has not been done, and listens to these channels beside those of `listen`. */
  subscribe(channels: readonly string[]): void {
    this.channels = channels;
    this.closed = false;
    if (!this.socket && !this.timer) this.connect();
    else if (this.now === "live") this.sendSubscription();
  }

  /** Listens to one more channel until the returned function is called. */
  listen(channel: string): () => void {
    this.extra.push(channel);
    if (this.now === "live") this.sendSubscription();
    return () => {
      this.extra.splice(this.extra.indexOf(channel), 1);
    };
  }

  onMessage(listener: (message: BusMessage) => void): () => void {
    this.messageListeners.add(listener);
    return () => this.messageListeners.delete(listener);
  }

  onState(listener: () => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  /** Runs `listener` when the host closes because the session is gone; the bus then stays closed. */
  onExpired(listener: () => void): () => void {
    this.expiredListeners.add(listener);
    return () => this.expiredListeners.delete(listener);
  }

  /** Connects at once if a wait is on: the network or the page has come back. */
  retry(): void {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.attempt = 0;
    this.connect();
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.socket?.close(1000);
    this.socket = null;
  }

  private connect(): void {
    const socket = this.open(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.sendSubscription();
      this.become("live");
    };
    socket.onmessage = (event: { data: unknown }) => this.receive(event.data);
    socket.onclose = (event: { code: number; reason?: string }) => {
      if (this.socket !== socket || this.closed) return;
      this.socket = null;
      if (event.reason === "OUTDATED_VERSION") this.become("outdated");
      else this.lost(event.code);
    };
  }

  private lost(code: number): void {
    this.become("offline");
    if (code === sessionExpired) {
      for (const listener of this.expiredListeners) listener();
      return;
    }
    const wait = code === tooOld ? 0 : this.delay(this.attempt++);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.connect();
    }, wait);
  }

  private sendSubscription(): void {
    const data = { channels: [...this.channels, ...this.extra], last: this.last };
    this.socket?.send(JSON.stringify({ event_name: "subscribe", data }));
  }

  private receive(data: unknown): void {
    for (const { id, message } of framesOf(data)) {
      this.last = id;
      for (const listener of this.messageListeners) listener(message);
    }
  }

  private become(state: BusState): void {
    this.now = state;
    for (const listener of this.stateListeners) listener();
  }
}

/** The messages of one server frame; what is not one is left out. */
function framesOf(data: unknown): { id: number; message: BusMessage }[] {
  if (typeof data !== "string") return [];
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return [];
  }
  if (!Array.isArray(frame)) return [];
  return frame.filter(isFrame);
}

function isFrame(item: unknown): item is { id: number; message: BusMessage } {
  if (typeof item !== "object" || item === null) return false;
  const { id, message } = item as { id?: unknown; message?: Partial<BusMessage> };
  return typeof id === "number" && typeof message?.type === "string" && typeof message.payload === "object" && message.payload !== null;
}
