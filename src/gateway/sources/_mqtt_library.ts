/**
 * The package `mqtt`, an optional peer that is loaded when it is used. Deno would download it with every program
 * that mentions it, so it is not in the import map, and its import has a type assertion.
 *
 * @module
 */

/** A received message. */
export interface MqttPacket {
  readonly topic: string;
  readonly payload: Uint8Array | string;
}

/** The part of a client that is used. */
export interface MqttClient {
  /** Is called for each message; it is acknowledged when `done` is called. */
  handleMessage(packet: MqttPacket, done: (error?: Error) => void): void;
  readonly stream?: { destroy(): void };
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "connect", listener: () => void): unknown;
  subscribe(
    filter: string | string[],
    options: { qos: 0 | 1 | 2 },
    done: (error: Error | null) => void,
  ): unknown;
  unsubscribe(filters: string[], done: (error?: Error | null) => void): unknown;
  end(force: boolean, options: object, done: () => void): unknown;
}

interface MqttLibrary {
  connect(url: string, options: object): MqttClient;
}

/** Loads it, or throws an error with the command that installs it. */
export async function mqttLibrary(): Promise<MqttLibrary> {
  try {
    const library: MqttLibrary | { readonly default: MqttLibrary } = await import(
      "npm:mqtt@5.16.0" as string
    );
    return "connect" in library ? library : library.default;
  } catch (cause) {
    throw new Error(
      "Cannot use MQTT: the package mqtt is missing; install it with npm install mqtt",
      {
        cause,
      },
    );
  }
}
