/**
 * The queue on NATS as a consumer of the package uses it: on a real nats-server, with the optional peer installed, and
 * what it says without.
 *
 * @module
 */
import { NATS_SERVER, NatsCluster } from "../gateway/_nats_cluster.ts";
import { npmProject, type Tarball, writeFiles } from "./_project.ts";
import { bun, node, run } from "./_tools.ts";

/** What it prints: what waits after a push, what is left, `last_id`, and the position; or one line why not. */
const PROGRAM = `import { Api, lastReadingId } from "archfx-cloud";
import { Gateway, openQueue } from "archfx-cloud/gateway";
const main = async () => {
  const { url, cloud, streamer } = JSON.parse(process.argv[2]);
  try {
    const queue = await openQueue(url);
    const points = Array.from({ length: 500 }, (_, i) => ({
      timestamp: new Date(1772431200000 + 1000 * i), stream: "5051", value: i,
    }));
    await queue.push({ device: "d--3", points }, { source: "press", position: "file 7" });
    const { readings } = await queue.depth();
    const api = new Api(cloud);
    await api.login({ email: "user@example.com", password: "my.pass" });
    const stop = new AbortController();
    const gateway = new Gateway({
      api, queue, streamers: [streamer, streamer], confirmMs: 50, maxDelayMs: 0,
    });
    const running = gateway.run({ signal: stop.signal });
    await queue.flush({ signal: AbortSignal.timeout(60000) });
    const { depth } = await gateway.status();
    stop.abort();
    await running;
    const position = await queue.position("press");
    await queue.close();
    return [readings, depth.readings, Number(await lastReadingId(api, "d--3", streamer)), position];
  } catch (error) {
    return error.message;
  }
};
main().then((said) => console.log(JSON.stringify(said)));
`;
const WANTED = JSON.stringify([500, 0, 500, "file 7"]);
const MISSING = JSON.stringify(
  "Cannot use NATS: the package @nats-io/transport-node is missing; " +
    "install it with npm install @nats-io/transport-node",
);

/** Why it cannot run on this machine, if so. */
export function natsMissing(): string | undefined {
  return NATS_SERVER ? undefined : "there is no nats-server here";
}

/** Runs the program on each runtime, and where the peer is missing. */
export async function useNats(
  { tarball, work, cloud, project, required }: {
    readonly tarball: Tarball;
    readonly work: URL;
    /** The address of an emulator. */
    readonly cloud: string;
    /** Where the package and its optional peers are installed. */
    readonly project: URL;
    /** A program for a runtime that has `require` alone. */
    required(text: string): string;
  },
): Promise<string> {
  const files = { "nats.mjs": PROGRAM, "nats.cjs": required(PROGRAM) };
  await writeFiles(project, files);
  const bare = new URL("without-peers/", work);
  await npmProject(bare, tarball, files);
  const folder = await Deno.makeTempDir();
  const seen: string[] = [];
  try {
    await using cluster = await NatsCluster.start(folder, { servers: 1 });
    const check = async (name: string, cwd: URL, program: string, file: string, wanted: string) => {
      const argument = JSON.stringify({
        url: cluster.url(`Q${seen.length}`),
        cloud,
        streamer: 0x900 + seen.length,
      });
      const said = (await run(program, [file, argument], { cwd })).trim();
      if (said !== wanted) throw new Error(`${name}: ${said} instead of ${wanted}`);
      seen.push(name);
    };
    for (const major of [20, 22, 24] as const) {
      for (const kind of ["mjs", "cjs"]) {
        await check(`Node ${major} .${kind}`, project, node(major), `nats.${kind}`, WANTED);
      }
    }
    await check("Bun", project, bun(), "nats.mjs", WANTED);
    for (const kind of ["mjs", "cjs"]) {
      await check(`.${kind} without the peer`, bare, node(22), `nats.${kind}`, MISSING);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return seen.join(", ");
}
