/** Connections to NATS that are reset while the library has no listener. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { DENO_RUN } from "../_deno_run.ts";
import { withFolder } from "./_gateway.ts";
import { NatsCluster, natsTest } from "./_nats_cluster.ts";

const bus = new URL("../../src/gateway/jetstream/_bus.ts", import.meta.url).href;
const options = new URL("../../src/gateway/jetstream/_options.ts", import.meta.url).href;
const config = new URL("../../deno.json", import.meta.url).pathname;

/** A program with a connection, which does something with the socket of one that it has left. */
async function ended(url: string, action: string) {
  const program = `
    import { Bus } from ${JSON.stringify(bus)};
    import { natsOptions, natsPlace } from ${JSON.stringify(options)};
    const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
    const { connection } = await Bus.open(natsPlace(${JSON.stringify(url)}), natsOptions({}));
    const { socket } = connection.protocol.transport;
    await connection.reconnect();
    for await (const { type } of connection.status()) if (type === "reconnect") break;
    console.log(socket !== connection.protocol.transport.socket);
    ${action}
    setTimeout(() => { console.log("goes on"); Deno.exit(0); }, 100);
  `;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, program);
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...DENO_RUN, "--no-check", `--config=${config}`, path],
    }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

natsTest(
  "an abandoned connection to NATS that is reset does not end the process",
  () =>
    withFolder(async (folder) => {
      await using cluster = await NatsCluster.start(folder, { servers: 1 });
      const url = cluster.url("PLANT");
      const left = await ended(url, `socket.emit("error", reset());`);
      assertEquals([left.code, left.out], [0, "true\ngoes on\n"], left.err);
      // Errors of others are not ours to catch.
      const other = await ended(url, `setTimeout(() => { throw reset(); });`);
      assertEquals([other.code === 0, other.out], [false, "true\n"]);
      assertStringIncludes(other.err, "ECONNRESET");
    }),
);
