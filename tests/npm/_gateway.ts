/**
 * The gateway in a consumer: its queue opens in a worker, which must work from a package, with `require` and from
 * a bundle, and its readings reach a server.
 *
 * @module
 */
import type { Outcome } from "./suite/harness.ts";
import { esbuild, run } from "./_tools.ts";

/**
 * What a consumer prints: the depth after a push, `last_id` after the flush; or one line that says why there is
 * no queue.
 */
const PROGRAM = `import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api, lastReadingId } from "archfx-cloud";
import { Gateway, openQueue } from "archfx-cloud/gateway";
const main = async () => {
  const { cloud, streamer } = JSON.parse(process.argv[2]);
  const folder = mkdtempSync(join(tmpdir(), "archfx-consumer-"));
  try {
    const queue = await openQueue(join(folder, "queue.sqlite"), { minFreeBytes: 0, reserveBytes: 0 });
    const points = Array.from({ length: 500 }, (_, i) => ({
      timestamp: new Date(1772431200000 + 1000 * i), stream: "5051", value: i,
    }));
    await queue.push({ device: "d--3", points });
    const { readings } = await queue.depth();
    const api = new Api(cloud);
    await api.login({ email: "user@example.com", password: "my.pass" });
    const stop = new AbortController();
    const gateway = new Gateway({
      api, queue, streamers: [streamer, streamer], confirmMs: 50, maxDelayMs: 0,
    });
    const running = gateway.run({ signal: stop.signal });
    await queue.flush({ signal: AbortSignal.timeout(60000) });
    stop.abort();
    await running;
    const left = (await queue.depth()).readings;
    await queue.close();
    return [readings, left, Number(await lastReadingId(api, "d--3", streamer))];
  } catch (error) {
    return error.message;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
main().then((said) => console.log(JSON.stringify(said)));
`;

/** The program as both kinds of module. */
export function gatewayFiles(required: (text: string) => string): Record<string, string> {
  return { "gateway.mjs": PROGRAM, "gateway.cjs": required(PROGRAM) };
}

const NO_SQLITE = "Cannot open the queue: this runtime has no node:sqlite; " +
  "Deno, Bun and Node from 22.13 have it";

/** The program that starts a consumer, and its arguments. */
export interface GatewayRun {
  readonly cwd: URL;
  readonly cloud: string;
  /** A separate streamer. */
  readonly streamer: number;
  /** The runtime has no SQLite: it must print one line about that. */
  readonly withoutSqlite?: boolean;
  start(file: string, ...args: string[]): [string, string[]];
}

/** Runs a file of the program; the outcome gets one test more. */
export async function runGateway(
  outcome: Outcome,
  file: string,
  { cwd, cloud, streamer, withoutSqlite, start }: GatewayRun,
): Promise<void> {
  const text = await run(...start(file, JSON.stringify({ cloud, streamer })), { cwd });
  const wanted = JSON.stringify(withoutSqlite ? NO_SQLITE : [500, 0, 500]);
  if (text.trim() === wanted) outcome.passed++;
  else outcome.failed.push({ name: `a gateway sends what is pushed (${file})`, error: text });
}

/** Both kinds of module as one file each, in a folder where nothing is installed. */
export async function bundleGateway(project: URL, folder: URL): Promise<void> {
  for (const [kind, format] of [["mjs", "esm"], ["cjs", "cjs"]] as const) {
    await esbuild().build({
      absWorkingDir: project.pathname,
      entryPoints: [`gateway.${kind}`],
      outfile: new URL(`bundle.${kind}`, folder).pathname,
      bundle: true,
      minify: true,
      format,
      platform: "node",
      // Optional: they are loaded if a source or a queue needs them.
      external: ["mqtt", "@nats-io/transport-node"],
      logLevel: "silent",
    });
  }
}
