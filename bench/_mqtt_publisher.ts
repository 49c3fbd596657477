/**
 * Publishes messages with QoS 1: `_mqtt_publisher.ts URL CONNECTIONS MESSAGES READINGS`, the number of messages
 * over the number of connections, each with its own topic and 32 in flight. Prints a line when the broker has
 * acknowledged all.
 */
const [url, ...numbers] = Deno.args;
const [connections, messages, readings] = numbers.map(Number) as [number, number, number];
const IN_FLIGHT = 32;

// deno-lint-ignore no-import-prefix -- An optional peer: see src/gateway/sources/_mqtt_library.ts.
const { default: mqtt } = await import("npm:mqtt@5.16.0");
let next = 0;

/** Readings of a sensor in the form of a controller. */
function message(number: number): string {
  const rows = Array.from({ length: readings }, (_, i) => {
    const at = number * readings + i;
    return {
      t: 1_767_225_600_000 + at * 100,
      v: Math.round(1000 * (20 + Math.sin(at / 50))) / 1000,
    };
  });
  return JSON.stringify({ readings: rows });
}

await Promise.all(Array.from({ length: connections }, async (_, i) => {
  const client = await mqtt.connectAsync(url!, {
    protocolVersion: 5,
    clean: false,
    clientId: `publisher-${i}`,
  });
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (next < messages) {
      await client.publishAsync(`plant/line-${i}`, message(next++), { qos: 1 });
    }
  }));
  await client.endAsync();
}));
console.log("published");
