/**
 * The unix socket beside a queue's file: while a gateway runs, the file is locked, so `archfx gateway status` and
 * `queue` query the gateway. One request and one response per connection, each a line of JSON. Mode 0600.
 *
 * @module
 */
import fs from "node:fs";
import net from "node:net";
import process from "node:process";
import { errorMessage } from "../_error_fields.ts";
import { isRecord } from "../_is_record.ts";
import { QueueError } from "./errors.ts";

/** Handles a request. */
type ControlHandler = (op: string, args: Record<string, unknown>) => Promise<unknown>;

const LONGEST_REQUEST = 1 << 20;

/** The socket of a queue. */
function socketPath(queue: string): string {
  return `${queue}.sock`;
}

/** Handles requests until it is closed. */
export async function serveControl(
  queue: string,
  handle: ControlHandler,
): Promise<{ close(): Promise<void> }> {
  const path = socketPath(queue);
  // The queue is locked by this process: an existing socket was left by a killed process.
  fs.rmSync(path, { force: true });
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // The client closed the connection.
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString();
      if (text.length > LONGEST_REQUEST) return void socket.destroy();
      const end = text.indexOf("\n");
      if (end < 0) return;
      answer(handle, text.slice(0, end)).then((reply) => socket.end(`${reply}\n`));
      text = "";
    });
  });
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, () => resolve());
    });
    fs.chmodSync(path, 0o600);
  } finally {
    process.umask(umask);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          fs.rmSync(path, { force: true });
          resolve();
        });
      }),
  };
}

async function answer(handle: ControlHandler, line: string): Promise<string> {
  try {
    const request: unknown = JSON.parse(line);
    const { op, args } = isRecord(request) ? request : {};
    const value = await handle(String(op), isRecord(args) ? args : {}) ?? null;
    return JSON.stringify({ value });
  } catch (error) {
    return JSON.stringify({ error: errorMessage(error) });
  }
}

/**
 * Queries the gateway that uses a queue.
 *
 * @returns Its response; undefined if no gateway runs.
 * @throws {QueueError} The error of the gateway.
 */
export async function askGateway(
  queue: string,
  op: string,
  args: Record<string, unknown> = {},
): Promise<{ readonly value: unknown } | undefined> {
  const text = await new Promise<string | undefined>((resolve, reject) => {
    const socket = net.connect(socketPath(queue));
    let reply = "";
    socket.on("connect", () => socket.write(`${JSON.stringify({ op, args })}\n`));
    socket.on("data", (bytes) => reply += bytes.toString());
    socket.on("end", () => resolve(reply));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(new QueueError(`Cannot query the gateway: ${error.message}`));
    });
  });
  if (text === undefined) return undefined;
  const reply: unknown = JSON.parse(text || '{"error":"it ended"}');
  if (!isRecord(reply)) {
    throw new QueueError("Cannot query the gateway: its response is not an object");
  }
  if (reply.error !== undefined) throw new QueueError(String(reply.error));
  return { value: reply.value };
}
