/**
 * Sockets of the connections of this package to NATS. The library removes all listeners from a socket while it
 * connects and when it closes: if the connection is reset at that moment, nothing catches the error, which would
 * end the process. It also closes a socket only after everything is written, but a server that hangs never reads
 * it. Both problems are fixed here, only for the connections with our name.
 *
 * @module
 */
import { isRecord } from "../../_is_record.ts";

/** The name of our connections. */
export const CONNECTION_NAME = "archfx-gateway";
/** How long an abandoned connection may write its remaining data. */
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

/** Makes the library use these sockets. Another version of the library, without these classes, is not changed. */
export function mendSockets(library: object): void {
  if (mended.has(library)) return;
  mended.add(library);
  const { ProtocolHandler } = library as { ProtocolHandler?: { readonly prototype: Protocol } };
  const prototype = ProtocolHandler?.prototype;
  const prepare = prototype?.prepare;
  if (!prototype || typeof prepare !== "function") return;
  // It creates the transport of the next connection.
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
    // Its end is noticed like that of any other connection.
    setTimeout(() => before?.destroy(), WRITE_MS);
  };
}

/** A socket that always has a listener for errors. The listeners of the library are still called. */
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
