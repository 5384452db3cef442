import { type ErrorMember, Fault, faultOf } from "./fault";
import { type Upload, upload } from "./upload";

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json | undefined };

/** Odoo's search language in prefix notation. */
export type Domain = readonly Json[];

/** A many2one as `read` gives it. */
export type Many2one = [id: number, name: string] | false;

interface Envelope {
  result?: unknown;
  error?: ErrorMember;
}

export interface ClientOptions {
  /** Address that the paths are relative to; by default the page's own. */
  base?: string;
  fetch?: typeof fetch;
  /** Sends a large body; with a fetch of one's own, that one does. */
  upload?: Upload;
}

/** The one door to the host's JSON-RPC. Every refusal is thrown as a Fault. */
export class Client {
  /** Sent with every model call: language, time zone, user. */
  context: Readonly<Record<string, Json>> = {};

  private next = 1;
  private readonly base: string;
  private readonly fetch: typeof fetch;
  private readonly upload: Upload;
  private readonly expiredListeners = new Set<() => void>();

  constructor(options: ClientOptions = {}) {
    this.base = options.base ?? new URL(".", document.baseURI).href;
    const own = options.fetch;
    this.fetch = own ?? ((input, init) => fetch(input, init));
    this.upload = options.upload ?? (own ? (url, body, headers) => own(url, { method: "POST", body, headers }) : upload);
  }

  /** Calls a route such as `/web/session/authenticate`. */
  async route<T>(path: string, params: Json = {}, onSent?: (share: number) => void): Promise<T> {
    const answer = await this.post(path, params, onSent);
    if (!answer.error) return answer.result as T;
    const fault = faultOf(answer.error);
    if (fault.kind === "expired") for (const listener of this.expiredListeners) listener();
    throw fault;
  }

  /** Calls a model's method with the session's rights. @param onSent hears the share of the call that was sent, 0 to 1 */
  call<T>(
    model: string,
    method: string,
    args: readonly Json[],
    kwargs: Record<string, Json | undefined> = {},
    onSent?: (share: number) => void,
  ): Promise<T> {
    const context = { ...this.context, ...(kwargs["context"] as Record<string, Json> | undefined) };
    return this.route<T>(`/web/dataset/call_kw/${model}/${method}`, {
      model,
      method,
      args,
      kwargs: { ...kwargs, context },
    }, onSent);
  }

  /** Records that match, with the fields asked for. */
  searchRead<T>(model: string, domain: Domain, fields: readonly string[], page: Page = {}): Promise<T[]> {
    return this.call<T[]>(model, "search_read", [domain], { fields, ...page });
  }

  searchCount(model: string, domain: Domain): Promise<number> {
    return this.call<number>(model, "search_count", [domain]);
  }

  /** Runs `listener` whenever the host says that the session is gone; returns how to stop. */
  onExpired(listener: () => void): () => void {
    this.expiredListeners.add(listener);
    return () => this.expiredListeners.delete(listener);
  }

  private async post(path: string, params: Json, onSent?: (share: number) => void): Promise<Envelope> {
    const url = new URL(path.replace(/^\//, ""), this.base);
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const body = JSON.stringify({ jsonrpc: "2.0", method: "call", id: this.next++, params });
    let response: Response;
    try {
      response = await (onSent
        ? this.upload(url, body, headers, onSent)
        : this.fetch(url, { method: "POST", credentials: "same-origin", headers, body }));
    } catch {
      throw new Fault("offline", "");
    }
    if (response.status === 413) throw new Fault("too_large", "");
    if (response.status >= 502 && response.status <= 504) throw new Fault("offline", "");
    try {
      return (await response.json()) as Envelope;
    } catch {
      throw new Fault("internal", `${response.status} ${response.statusText}`.trim());
    }
  }
}

export interface Page {
  limit?: number;
  offset?: number;
  order?: string;
  [kwarg: string]: Json | undefined;
}
