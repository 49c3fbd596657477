/**
 * Sockets of the connections of this package to NATS. The library takes all listeners off a socket while it connects and
 * when it closes one: a connection that is reset just then is an error that nothing catches, and would end the process.
 * And it closes a socket once everything is written, which a server that hangs never reads. Both are mended here, for
 * the connections with our name alone.
 *
 * @module
 */
import { isRecord } from "../../_is_record.ts";

/** The name of our connections. */
export const CONNECTION_NAME = "archfx-gateway";
/** So long a connection that is given up may write what is left. */
const WRITE_MS = 1000;

/** The part of a socket that is used. */
interface Socket {
  on(event: "error", listener: () => void): unknown;
  removeAllListeners(...events: string[]): unknown;
  destroy(): unknown;
}

/** The part of a transport of the library that is used. */
interface Transport {
  socket: Socket | undefined;
  disconnect(): void;
}

/** The part of the library's class for a connection that is used. */
interface Protocol {
  readonly options?: { readonly name?: string };
  readonly transport?: Transport;
  prepare(): unknown;
}

const mended = new WeakSet<object>();

/** Lets the library make such sockets. One of another version, without these classes, is left as it is. */
export function mendSockets(library: object): void {
  if (mended.has(library)) return;
  mended.add(library);
  const { ProtocolHandler } = library as { ProtocolHandler?: { readonly prototype: Protocol } };
  const prototype = ProtocolHandler?.prototype;
  const prepare = prototype?.prepare;
  if (!prototype || typeof prepare !== "function") return;
  // It makes the transport of the next connection.
  prototype.prepare = function (this: Protocol): unknown {
    const pong = prepare.call(this);
    if (this.options?.name === CONNECTION_NAME && isRecord(this.transport)) mend(this.transport);
    return pong;
  };
}

function mend(transport: Transport): void {
  let socket = transport.socket;
  Object.defineProperty(transport, "socket", {
    get: () => socket,
    set(next: Socket | undefined) {
      if (next && next !== socket) keepListener(next);
      socket = next;
    },
  });
  const disconnect = transport.disconnect;
  transport.disconnect = () => {
    const before = socket;
    disconnect.call(transport);
    // Its end is noticed like any other one.
    setTimeout(() => before?.destroy(), WRITE_MS);
  };
}

/** A socket that always has a listener for errors. Those of the library hear of them just the same. */
function keepListener(socket: Socket): void {
  const ignore = () => {};
  const remove = socket.removeAllListeners;
  socket.removeAllListeners = (...events) => {
    remove.apply(socket, events);
    socket.on("error", ignore);
    return socket;
  };
  socket.on("error", ignore);
}
