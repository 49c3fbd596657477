/**
 * A TLS connection to a server through an HTTP proxy, by CONNECT.
 *
 * @module
 */
import net from "node:net";
import tls from "node:tls";
import type { SecureOptions } from "./_node_trust.ts";

/** A proxy never sends a longer response. */
const MOST_HEAD_BYTES = 65_536;

/** The headers that a proxy needs in each request: the user's credentials. */
export function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const bytes = new TextEncoder().encode(plain);
  return { "proxy-authorization": `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

/** Connects to the host of `target`; the socket speaks TLS with that host, not with the proxy. */
export async function tunnel(
  proxy: URL,
  target: URL,
  secure: SecureOptions,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  const host = unbracketed(target.hostname);
  const at = `${target.hostname}:${target.port || 443}`;
  const raw = await connected(proxy, signal);
  const stop = () => raw.destroy(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    const headers = { host: at, ...proxyHeaders(proxy) };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    raw.write(`CONNECT ${at} HTTP/1.1\r\n${lines.join("")}\r\n`);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(await responseHead(raw))?.[1];
    if (status === undefined || !status.startsWith("2")) {
      throw new Error(
        `the proxy ${proxy.host} answered ${status ?? "without HTTP"} to CONNECT ${at}`,
      );
    }
    const servername = net.isIP(host) ? "" : host;
    return await ready(tls.connect({ socket: raw, host, servername, ...secure }), "secureConnect");
  } catch (error) {
    raw.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function connected(proxy: URL, signal: AbortSignal): Promise<net.Socket> {
  const host = unbracketed(proxy.hostname);
  const isSecure = proxy.protocol === "https:";
  const port = Number(proxy.port || (isSecure ? 443 : 80));
  const socket = isSecure
    ? tls.connect({ host, port, servername: host })
    : net.connect({ host, port });
  const stop = () => socket.destroy(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    return await ready<net.Socket>(socket, isSecure ? "secureConnect" : "connect");
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function ready<Socket extends net.Socket>(socket: Socket, event: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the proxy closed the connection"));
    socket.once("error", reject);
    socket.once("close", closed);
    socket.once(event, () => {
      socket.off("error", reject);
      socket.off("close", closed);
      resolve(socket);
    });
  });
}

/** The head of the response. A proxy sends nothing after it until the client has sent something. */
function responseHead(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = "";
    const end = (done: () => void) => {
      socket.off("data", read);
      socket.off("error", reject);
      socket.off("close", closed);
      done();
    };
    const read = (chunk: Uint8Array) => {
      head += new TextDecoder("latin1").decode(chunk);
      if (head.includes("\r\n\r\n")) end(() => resolve(head));
      else if (head.length > MOST_HEAD_BYTES) {
        end(() => reject(new Error("the proxy did not answer in HTTP")));
      }
    };
    const closed = () => end(() => reject(new Error("the proxy closed the connection")));
    socket.on("data", read);
    socket.once("error", reject);
    socket.once("close", closed);
  });
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
