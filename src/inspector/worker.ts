/**
 * The decoding worker: all slow work happens here, not in the page.
 *
 * @module
 */
import { verifyReport } from "@archfx/cloud/reports";
import { errorMessage } from "../_error_fields.ts";
import { badRows } from "./bad_rows.ts";
import { reportColumns } from "./columns.ts";
import { overview } from "./overview.ts";
import type { Answer, Calls, Question } from "./protocol.ts";
import { sampleReport } from "./sample.ts";
import { decodeAny } from "./salvage.ts";
import { ReportSession } from "./session.ts";

/** The global object of a worker; the types of the page only know windows. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(message: Answer, transfer?: ArrayBufferLike[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let session: ReportSession | undefined;

type Answers = {
  [K in keyof Calls]: (
    ask: Calls[K]["ask"],
    tell: (progress: number, step: string) => void,
  ) => Calls[K]["answer"] | Promise<Calls[K]["answer"]>;
};

const answers: Answers = {
  async open({ file, name }, tell) {
    tell(0.05, "Reading the file");
    const bytes = new Uint8Array(await file.arrayBuffer());
    tell(0.2, "Decoding");
    const started = performance.now();
    const { report, truncated } = decodeAny(bytes, name);
    const columns = reportColumns(report.columns());
    const decodeMs = performance.now() - started;
    tell(0.5, "Checking the report");
    const problems = verifyReport(report);
    const bad = badRows(problems, columns.length);
    tell(0.75, "Counting streams");
    const opened = session = new ReportSession(columns, bad);
    const limit = (stream: number) => opened.limit(stream);
    return overview({ report, columns, problems, bad, limit }, {
      name,
      bytes: bytes.length,
      decodeMs,
      truncated,
    });
  },
  sample: ({ readings }) => new Blob([sampleReport(readings)]),
  series: ({ stream, from, to, buckets }) => opened().series(stream, from, to, buckets),
  count: ({ view }) => opened().count(view),
  rows: ({ view, from, count }) => opened().rows(view, from, count),
  find: ({ view, position }) => opened().find(view, position),
  nextBad: ({ view, from, by }) => opened().nextBad(view, from, by),
  csv({ view }, tell) {
    const total = opened().count(view);
    const parts: BlobPart[] = [];
    const encoder = new TextEncoder();
    let written = 0;
    for (const piece of opened().csv(view)) {
      parts.push(encoder.encode(piece));
      // A row takes about 60 characters; the progress is only an estimate.
      written += piece.length / 60;
      tell(Math.min(0.99, written / Math.max(1, total)), "Writing CSV");
    }
    return new Blob(parts, { type: "text/csv;charset=utf-8" });
  },
};

function opened(): ReportSession {
  if (session === undefined) throw new Error("Cannot answer: no report is open");
  return session;
}

scope.onmessage = async ({ data: { id, kind, ask } }) => {
  try {
    const tell = (progress: number, step: string) => scope.postMessage({ id, progress, step });
    const result = await answers[kind](ask as never, tell);
    scope.postMessage({ id, result }, buffers(result));
  } catch (error) {
    scope.postMessage({ id, error: errorMessage(error) });
  }
};

/** Buffers of a response that are moved to the page instead of copied. */
function buffers(result: unknown): ArrayBufferLike[] {
  if (result === null || typeof result !== "object" || result instanceof Blob) return [];
  return Object.values(result).filter(ArrayBuffer.isView).map((view) => view.buffer);
}
