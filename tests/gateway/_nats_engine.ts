/** A stream on three servers, with the few calls that a queue needs: batches by compare-and-swap, purge, the end. */
import { delay, NatsCluster } from "./_nats_cluster.ts";
import { withFolder } from "../_folder.ts";

/** A message of a batch. */
export interface Message {
  /** Its subject, below the name of the stream. */
  readonly subject: string;
  /** The sequence of the message before it on its subject; undefined: one of the same batch. */
  readonly after: number | undefined;
}

/** A stream. */
export interface Engine {
  /** Stores messages atomically; returns the sequence of the last one. */
  store(messages: readonly Message[]): Promise<number>;
  /** Stores one message with these bytes, whatever is there. */
  publish(subject: string, body: Uint8Array): Promise<void>;
  /** How many messages each subject has. */
  counts(): Promise<Record<string, number>>;
  /** The sequence of the last message of a subject, from the leader; 0 if the subject is empty. */
  end(subject: string): Promise<number>;
  /** Removes the messages of a subject before a sequence. */
  purgeBefore(subject: string, sequence: number): Promise<void>;
  /** The number of the server that leads the stream. */
  leader(): Promise<number>;
  close(): Promise<void>;
}

const BODY = new Uint8Array(100);

/** Opens a stream with three replicas, or makes it: `nats://host:port,host:port/NAME`. */
export async function openEngine(url: string): Promise<Engine> {
  // deno-lint-ignore no-import-prefix -- Only tests use them: Deno would download an import map with every program.
  const { connect, headers } = await import("npm:@nats-io/transport-node@3.4.0");
  // deno-lint-ignore no-import-prefix
  const { jetstreamManager } = await import("npm:@nats-io/jetstream@3.4.0");
  const [, hosts, name] = /^nats:\/\/([^/]+)\/(\w+)$/.exec(url)!;
  const connection = await connect({
    servers: hosts!.split(","),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
  });
  const manager = await jetstreamManager(connection, { timeout: 2000, checkAPI: false });
  const config = {
    name: name!,
    subjects: [`${name}.>`],
    retention: "limits",
    discard: "new",
    num_replicas: 3,
    allow_direct: true,
    allow_atomic: true,
  } as unknown as Parameters<typeof manager.streams.add>[0];
  for (let left = 100;; left--) {
    try {
      await manager.streams.add(config);
      break;
    } catch (error) {
      if (left === 0) throw error; // The servers had 20 s to choose their leader.
      await delay(200);
    }
  }
  return {
    async store(messages) {
      const batch = crypto.randomUUID();
      for (const [i, { subject, after }] of messages.entries()) {
        const head = headers();
        if (after !== undefined) head.set("Nats-Expected-Last-Subject-Sequence", String(after));
        head.set("Nats-Batch-Id", batch);
        head.set("Nats-Batch-Sequence", String(i + 1));
        if (i < messages.length - 1) {
          connection.publish(`${name}.${subject}`, BODY, { headers: head });
          continue;
        }
        head.set("Nats-Batch-Commit", "1");
        const options = { headers: head, timeout: 2000 };
        const reply = await connection.request(`${name}.${subject}`, BODY, options);
        const { error, seq } = reply.json<{ error?: { description: string }; seq: number }>();
        if (error) throw new Error(error.description);
        return seq;
      }
      return 0;
    },
    async publish(subject, body) {
      const reply = await connection.request(`${name}.${subject}`, body, { timeout: 20_000 });
      const { error } = reply.json<{ error?: { description: string } }>();
      if (error) throw new Error(error.description);
    },
    async counts() {
      const { state } = await manager.streams.info(name!, { subjects_filter: ">" });
      return state.subjects ?? {};
    },
    async end(subject) {
      const last = await manager.streams.getMessage(name!, { last_by_subj: `${name}.${subject}` });
      return last?.seq ?? 0;
    },
    async purgeBefore(subject, seq) {
      await manager.streams.purge(name!, { filter: `${name}.${subject}`, seq });
    },
    async leader() {
      const { cluster } = await manager.streams.info(name!);
      return Number(cluster!.leader!.slice(1));
    },
    close: () => connection.close(),
  };
}

/** Runs a test with three servers and a stream on them. */
export async function withCluster(test: (cluster: NatsCluster, engine: Engine) => Promise<void>) {
  await withFolder(async (folder) => {
    await using cluster = await NatsCluster.start(folder);
    const engine = await openEngine(cluster.url("PLANT"));
    try {
      await test(cluster, engine);
    } finally {
      await engine.close();
    }
  });
}
