/**
 * `/health` and `/metrics` of a gateway.
 *
 * @module
 */
import http from "node:http";
import { errorMessage } from "../_error_fields.ts";
import { portOf } from "../_node_port.ts";
import { listen as listenOn } from "./_listen.ts";
import { metricsText } from "./_metrics.ts";
import type { GatewayStatus, StatusSource } from "./gateway_status.ts";
import { parseAddress } from "./gateway_options.ts";
import type { QueueNumbers } from "./outbox.ts";

/** If readings wait for longer, there is a problem, unless the network is known to be down. */
const HEALTHY_LAG_MS = 15 * 60_000;

/** Serves a gateway's status until it is closed. */
export async function serveStatus(
  gateway: StatusSource,
  listen: string,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { hostname, port } = parseAddress("listen", listen);
  const server = http.createServer((request, response) => {
    answer(gateway, request.url ?? "/").then(({ status, type, body }) => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : body);
    }).catch((error) => {
      response.writeHead(503, { "content-type": "text/plain" });
      response.end(`${errorMessage(error)}\n`);
    });
  });
  await listenOn(server, hostname, port);
  return {
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections?.();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  gateway: StatusSource,
  url: string,
): Promise<{ status: number; type: string; body: string }> {
  const path = url.split("?")[0];
  if (path === "/health") {
    const problems = problemsOf(await gateway.status(), await gateway.storeNumbers());
    return {
      status: problems.length === 0 ? 200 : 503,
      type: "text/plain; charset=utf-8",
      body: problems.length === 0 ? "ok\n" : `${problems.join("\n")}\n`,
    };
  }
  if (path === "/metrics") {
    return {
      status: 200,
      type: "application/openmetrics-text; version=1.0.0; charset=utf-8",
      body: await metricsText(gateway),
    };
  }
  return { status: 404, type: "text/plain", body: "Only /health and /metrics exist\n" };
}

/** The reasons why a gateway is not healthy: one line for each. */
export function problemsOf(status: GatewayStatus, { full }: Pick<QueueNumbers, "full">): string[] {
  const problems: string[] = [];
  if (full) {
    problems.push("intake has stopped: the disk is full, or the file of the queue was removed");
  }
  if (!status.running) problems.push("the gateway is not running");
  for (const { device, streamer, hold } of status.lanes) {
    if (hold) problems.push(`${device}, streamer ${streamer}, is held: ${hold.reason}`);
  }
  for (const { name, state, lastError } of status.sources) {
    if (state === "failed") problems.push(`source ${name} failed: ${lastError}`);
  }
  const { oldest } = status.depth;
  if (oldest && Date.now() - oldest.getTime() > HEALTHY_LAG_MS) {
    problems.push(`the oldest reading has waited since ${oldest.toISOString()}`);
  }
  return problems;
}
