/**
 * A server in a separate process that counts: each GET by its number, each report by device and
 * reading id, with their order. It prints its port; `GET /counts` returns the counts.
 *
 * @module
 */
import { peekStreamer } from "../../src/reports/report_head.ts";

const gets = new Map<string, number>();
const reports = new Map<string, { device: string; id: number }[]>();
let bytes = 0, inFlight = 0, mostInFlight = 0, overtaken = 0;
const busy = new Set<string>();

/** What the server counted. */
export interface Counts {
  readonly gets: number;
  readonly doubledGets: number;
  readonly reports: number;
  readonly doubledReports: number;
  /** Reports that arrived out of order, or at the same time as another one of the same device. */
  readonly overtaken: number;
  readonly bytes: number;
  readonly mostInFlight: number;
}

function counts(): Counts {
  let total = 0, doubled = 0;
  for (const seen of reports.values()) {
    total += seen.length;
    doubled += seen.length - new Set(seen.map(({ id }) => id)).size;
    for (let i = 1; i < seen.length; i++) if (seen[i].id !== seen[i - 1].id + 1) overtaken++;
  }
  const doubledGets = [...gets.values()].filter((count) => count > 1).length;
  return {
    gets: gets.size,
    doubledGets,
    reports: total,
    doubledReports: doubled,
    overtaken,
    bytes,
    mostInFlight,
  };
}

async function upload(request: Request): Promise<Response> {
  const id = Number(request.headers.get("x-reading-id"));
  const form = await request.formData();
  const data = new Uint8Array(await (form.get("file") as File).arrayBuffer());
  const header = peekStreamer(data);
  if (!header) return Response.json(["no report"], { status: 400 });
  const device = String(header.device);
  if (busy.has(device)) overtaken++;
  busy.add(device);
  await new Promise((resolve) => setTimeout(resolve, 1));
  if (!reports.has(device)) reports.set(device, []);
  reports.get(device)!.push({ device, id });
  bytes += data.length;
  busy.delete(device);
  return Response.json({ count: 1 }, { status: 201 });
}

if (import.meta.main) {
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => console.log(port),
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/counts") return Response.json(counts());
    mostInFlight = Math.max(mostInFlight, ++inFlight);
    try {
      if (request.method === "POST") return await upload(request);
      gets.set(pathname, (gets.get(pathname) ?? 0) + 1);
      return Response.json({ count: 1, next: null, previous: null, results: [{ slug: pathname }] });
    } finally {
      inFlight--;
    }
  });
}
