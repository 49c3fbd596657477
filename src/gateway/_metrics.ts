/**
 * The metrics of a gateway as OpenMetrics text.
 *
 * @module
 */
import type { StatusSource } from "./gateway_status.ts";

type Sample = readonly [labels: Record<string, string>, value: number];

/** The text of `/metrics`. */
export async function metricsText(gateway: StatusSource): Promise<string> {
  const status = await gateway.status();
  const store = await gateway.storeNumbers();
  const { depth, counts, sources, lanes } = status;
  const lines: string[] = [];
  const add = (
    name: string,
    type: "gauge" | "counter",
    help: string,
    samples: number | readonly Sample[],
  ) => {
    lines.push(`# TYPE archfx_gateway_${name} ${type}`, `# HELP archfx_gateway_${name} ${help}`);
    const list: readonly Sample[] = typeof samples === "number" ? [[{}, samples]] : samples;
    for (const [labels, value] of list) {
      const inside = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
      const suffix = type === "counter" ? "_total" : "";
      const shown = inside.length > 0 ? `{${inside.join(",")}}` : "";
      lines.push(`archfx_gateway_${name}${suffix}${shown} ${value}`);
    }
  };
  add("queue_readings", "gauge", "Readings that wait in the queue.", depth.readings);
  add("queue_bytes", "gauge", "Bytes that wait in the queue.", depth.bytes);
  const age = depth.oldest ? Math.max(0, (Date.now() - depth.oldest.getTime()) / 1000) : 0;
  add("oldest_seconds", "gauge", "Age of the oldest batch that waits.", age);
  add("dead_letters", "gauge", "Dead letters.", depth.dead);
  add("held_streamers", "gauge", "Streamers that are held.", depth.held);
  add("readings_in", "counter", "Readings that were stored.", store.pushed);
  add("readings_out", "counter", "Readings that the cloud counted.", counts.sent);
  add(
    "readings_dropped",
    "counter",
    "Readings that were given up: overflow, damage.",
    store.dropped,
  );
  add("readings_dead", "counter", "Readings that became dead letters.", counts.dead);
  add("attempts", "counter", "Attempts to send a report.", counts.attempts);
  add(
    "failures",
    "counter",
    "Attempts and queries that failed and are tried again.",
    counts.failures,
  );
  add("intake_stopped", "gauge", "1 if the disk is full.", store.full ? 1 : 0);
  add("pushes_blocked", "gauge", "Pushes that wait for space.", store.blocked);
  add("reserve_bytes", "gauge", "Bytes of the reserve file.", store.reserve);
  add("commits", "counter", "Commits, each with one fsync.", store.commits.count);
  add("commit_seconds", "counter", "Time that commits took.", store.commits.ms / 1000);
  add("slowest_commit_seconds", "gauge", "The slowest commit.", store.commits.slowestMs / 1000);
  add(
    "lag_readings",
    "gauge",
    "Readings of a streamer that are not counted yet.",
    lanes.map((lane) => [
      { device: lane.device, streamer: String(lane.streamer ?? "") },
      lane.readings,
    ]),
  );
  const each = (value: (source: typeof sources[number]) => number): Sample[] =>
    sources.map((source) => [{ source: source.name }, value(source)]);
  add("source_readings", "counter", "Readings that a source pushed.", each((it) => it.readings));
  add("source_bad", "counter", "Rows and messages that could not be used.", each((it) => it.bad));
  add(
    "source_silent_seconds",
    "gauge",
    "Time since the last push of a source.",
    each((it) => it.lastPush ? Math.max(0, Date.now() - Date.parse(it.lastPush)) / 1000 : 0),
  );
  return `${lines.join("\n")}\n# EOF\n`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
