import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import { FakeHost, type FakeOptions } from "./host";

const media: Record<string, string> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2",
};

/** As strict as the one that the host's handler sends. */
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'";

/** Serves the built dashboard in `dist` with a fake host behind it. */
export async function serve(dist: string, port: number, options: FakeOptions = {}) {
  const host = new FakeHost(options);
  const server = createServer((request, response) => {
    const handle = request.method === "POST" ? call : file;
    handle(request, response).catch(() => response.writeHead(500).end());
  });

  async function call(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { params } = JSON.parse(Buffer.concat(chunks).toString()) as { params: Record<string, unknown> };
    const cookie = /session_id=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? null;
    const { body, session } = host.answer(new URL(request.url ?? "/", "http://fake").pathname, params, cookie);
    response.setHeader("Content-Type", "application/json");
    if (session) response.setHeader("Set-Cookie", `session_id=${session}; Path=/; HttpOnly`);
    response.end(JSON.stringify(body));
  }

  async function file(request: IncomingMessage, response: ServerResponse) {
    const path = normalize(new URL(request.url ?? "/", "http://fake").pathname);
    const name = path === "/" ? "index.html" : path;
    const bytes = await readFile(join(dist, name)).catch(() => null);
    if (!bytes) return void response.writeHead(404).end();
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", media[extname(name)] ?? "application/octet-stream");
    response.end(bytes);
  }

  const sockets = new WebSocketServer({ server, path: "/websocket" });
  sockets.on("connection", (socket) => {
    const line = host.join((text) => socket.send(text), (code) => (code === 1006 ? socket.terminate() : socket.close(code)));
    socket.on("message", (data: Buffer) => line.receive(data.toString()));
    socket.on("close", line.leave);
  });

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    host,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      host.stop();
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
