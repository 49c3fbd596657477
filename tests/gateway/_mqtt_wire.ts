/**
 * A wire between gateway and broker that reads along: which messages the broker delivered, and which of them the
 * gateway acknowledged. Only this tells what the gateway may not lose: a queue that answers is not an acknowledgement.
 */

const PUBLISH = 3, PUBACK = 4;

/** Passes bytes on to a broker, and counts messages by the number in their payload, `{"n": …}`. */
export class MqttWire {
  readonly url: string;
  /** How often each message was delivered. */
  readonly delivered = new Map<number, number>();
  /** Messages that the gateway acknowledged. */
  readonly acknowledged = new Set<number>();
  /** When something was delivered last, as `performance.now()`. */
  lastDelivery = 0;
  readonly #listener: Deno.TcpListener;
  readonly #port: number;
  readonly #open = new Set<Deno.Conn>();

  /** @param port The broker's. */
  constructor(port: number) {
    this.#port = port;
    this.#listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    this.url = `mqtt://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
    void this.#accept();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) void this.#pass(client);
  }

  async #pass(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    let broker: Deno.Conn | undefined;
    try {
      broker = await Deno.connect({ port: this.#port, hostname: "127.0.0.1" });
      this.#open.add(broker);
      // Packet identifiers are those of this connection.
      const numbers = new Map<number, number>();
      await Promise.race([
        copy(broker, client, (packet) => this.#fromBroker(packet, numbers)),
        copy(client, broker, (packet) => this.#fromGateway(packet, numbers)),
      ]);
    } catch {
      // The broker or the gateway was killed.
    }
    for (const end of [client, broker]) {
      if (!end) continue;
      this.#open.delete(end);
      closeQuietly(end);
    }
  }

  #fromBroker(packet: Packet, numbers: Map<number, number>): void {
    if (packet.type !== PUBLISH) return;
    const { body, flags } = packet;
    const view = new DataView(body.buffer, body.byteOffset);
    let at = 2 + view.getUint16(0);
    if ((flags & 6) === 0) return; // QoS 0 has no identifier.
    const id = view.getUint16(at);
    at += 2;
    const properties = variableLength(body, at)!;
    const payload = body.subarray(properties.end + properties.value);
    const { n } = JSON.parse(new TextDecoder().decode(payload)) as { n: number };
    numbers.set(id, n);
    this.delivered.set(n, (this.delivered.get(n) ?? 0) + 1);
    this.lastDelivery = performance.now();
  }

  #fromGateway({ type, body }: Packet, numbers: Map<number, number>): void {
    if (type !== PUBACK || (body[2] ?? 0) >= 0x80) return;
    const number = numbers.get(body[0]! * 256 + body[1]!);
    if (number !== undefined) this.acknowledged.add(number);
  }

  close(): void {
    this.#listener.close();
    for (const end of this.#open) closeQuietly(end);
  }
}

interface Packet {
  readonly type: number;
  readonly flags: number;
  readonly body: Uint8Array;
}

/** Forwards bytes, and reports each packet before its last byte is forwarded. */
async function copy(from: Deno.Conn, to: Deno.Conn, see: (packet: Packet) => void): Promise<void> {
  const writer = to.writable.getWriter();
  let rest = new Uint8Array(0);
  for await (const bytes of from.readable) {
    const all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
    let at = 0;
    while (at < all.length) {
      const length = variableLength(all, at + 1);
      if (!length || length.end + length.value > all.length) break;
      const end = length.end + length.value;
      see({ type: all[at]! >> 4, flags: all[at]! & 15, body: all.subarray(length.end, end) });
      at = end;
    }
    rest = all.slice(at);
    await writer.write(bytes);
  }
}

/** A length of MQTT: seven bits a byte, lowest first. */
function variableLength(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let shift = 0; at < bytes.length; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 127) << shift;
    if (byte < 128) return { value, end: at };
  }
  return undefined;
}

function closeQuietly(end: Deno.Conn): void {
  try {
    end.close();
  } catch {
    // It is closed already.
  }
}
