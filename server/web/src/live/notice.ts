import type { BusMessage } from "../rpc/bus";

const types = ["info", "success", "warning", "danger"] as const;

/** What the host tells a person, as Odoo's "simple_notification" carries it. */
export interface Notice {
  type: (typeof types)[number];
  title: string;
  message: string;
  /** It stays until somebody closes it. */
  sticky: boolean;
}

/** Most notices shown at once: older ones make room. */
const mostShown = 5;

/** Reads a notice from the bus; null when nothing in it can be shown. */
export function noticeOf({ payload }: BusMessage): Notice | null {
  const text = (key: string) => (typeof payload[key] === "string" ? payload[key] : "");
  const [title, message] = [text("title"), text("message")];
  if (!title && !message) return null;
  return { type: types.find((known) => known === payload["type"]) ?? "info", title, message, sticky: payload["sticky"] === true };
}

/** Adds a notice; the same one is not shown twice. */
export function withNotice(shown: readonly Notice[], notice: Notice): Notice[] {
  const others = shown.filter(({ title, message }) => title !== notice.title || message !== notice.message);
  return [...others, notice].slice(-mostShown);
}
