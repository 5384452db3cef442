/** What went wrong in a call, in the words of whoever must act on it. */
export type FaultKind =
  | "expired" // the session is gone: log in again
  | "denied" // wrong login or password
  | "forbidden" // the user lacks a right
  | "refused" // the host understood and said no; the message says why
  | "missing" // the record is gone
  | "too_large" // the host, or what stands before it, takes no call of this size
  | "offline" // no answer at all
  | "internal"; // the host failed; its log has the details

/** An error answer of the host, or the lack of an answer. `message` may be shown to a person. */
export class Fault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
    /** The same text as in the host's log; null when the host gave none. */
    readonly reference: string | null = null,
  ) {
    super(message);
    this.name = "Fault";
  }
}

/** The error member of Odoo's JSON-RPC envelope. */
export interface ErrorMember {
  code: number;
  message: string;
  data?: { name?: string; message?: string };
}

const kindOfName: Record<string, FaultKind> = {
  "odoo.http.SessionExpiredException": "expired",
  "odoo.exceptions.AccessDenied": "denied",
  "odoo.exceptions.AccessError": "forbidden",
  "odoo.exceptions.UserError": "refused",
  "odoo.exceptions.ValidationError": "refused",
  "odoo.exceptions.RedirectWarning": "refused",
  "odoo.exceptions.MissingError": "missing",
};

/**
 * Odoo tells an expired session by code 100 and everything else by the
 * exception's name; the message of a failure of the host ends in its reference.
 */
export function faultOf(error: ErrorMember): Fault {
  const kind = error.code === 100 ? "expired" : (kindOfName[error.data?.name ?? ""] ?? "internal");
  const message = error.data?.message || error.message;
  if (kind !== "internal") return new Fault(kind, message);
  const referenced = /^(.*)\n\(([^()\n]+)\)$/s.exec(message);
  return referenced ? new Fault(kind, referenced[1] ?? "", referenced[2]) : new Fault(kind, message);
}

/** Any thrown value as a Fault. */
export function asFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault("internal", cause instanceof Error ? cause.message : String(cause));
}
