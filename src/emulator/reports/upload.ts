/** POST streamer/report/: the rules of an upload, in the order in which they are checked. */
import { timestamp } from "../auth/sessions.ts";
import type { Events } from "../control/events.ts";
import { forbidden, handMade, listed, notFound, Refusal } from "../http/refusal.ts";
import type { Part } from "../http/multipart.ts";
import { formatMicros, parseTime } from "../http/times.ts";
import { ArchFxStreamerSlug } from "../../slugs/mod.ts";
import { type ApiRequest, isMember } from "../resources/request.ts";
import { deviceSlug, streamSlug } from "../resources/slugs.ts";
import { newStream } from "../resources/stream.ts";
import { sortable } from "../resources/streamer.ts";
import type { Store } from "../store/store.ts";
import type { Values } from "../store/table.ts";
import { readReport, type ReceivedReport } from "./read.ts";
import { type Stored, storeReadings } from "./store_readings.ts";

const NEEDS_TIMESTAMP = "Upload function requires a ?timestamp=str argument in UTC format";

/** Takes reports in. */
export class ReportUploads {
  #store: Store;
  #events: Events;

  constructor(store: Store, events: Events) {
    this.#store = store;
    this.#events = events;
  }

  /**
   * Takes one report in. All of it is stored, or nothing.
   *
   * @param request The request.
   * @param parts The parts of its body.
   * @returns How many readings were new.
   */
  receive(request: ApiRequest, parts: readonly Part[]): { count: number } {
    const started = performance.now();
    const file = parts.find(({ name, filename }) => name === "file" && filename !== undefined);
    const notes: Notes = { device: null, streamer: null, readings: 0, streams: {} };
    let stored: Stored | undefined;
    let refused: string | null = null;
    try {
      stored = this.#receive(request, file, notes);
      return { count: stored.added };
    } catch (error) {
      refused = error instanceof Refusal ? reason(error) : (error as Error).message;
      throw error;
    } finally {
      this.#events.emit({
        kind: "report",
        at: timestamp(request.now),
        account: request.caller.account.email,
        bytes: file?.data.length ?? 0,
        ...notes,
        new: stored?.added ?? 0,
        duplicates: stored?.duplicates ?? 0,
        missingIds: stored?.missingIds ?? 0,
        refused,
        milliseconds: performance.now() - started,
      });
    }
  }

  #receive(request: ApiRequest, file: Part | undefined, notes: Notes): Stored {
    if (!file) throw handMade(400, "missing request.data['file']");
    const sent = request.query.get("timestamp");
    if (sent === null) throw handMade(400, "missing timestamp argument");
    const sentAt = parseTime(sent);
    if (sentAt === undefined) throw listed(NEEDS_TIMESTAMP);
    if (!/\.mp$/i.test(file.filename!)) {
      throw listed("Streamer Report file extension not supported. Expected: .mp");
    }
    const report = readReport(file.data);
    notes.readings = report.columns.length;
    const slug = deviceSlug(report.device);
    notes.device = slug;
    const device = this.#store.tables.device.find("slug", slug);
    if (!device) throw notFound();
    if (!device.parent) {
      throw listed(`Device ${slug} has not been claimed. Yet, it is uploading a report`);
    }
    if (!isMember(request, device.org)) throw forbidden();
    const streamer = String(new ArchFxStreamerSlug(slug, report.streamerIndex));
    notes.streamer = streamer;
    const stored = this.#store.db.transaction(() =>
      this.#commit(request, report, device, streamer, sentAt)
    );
    for (const [variable, n] of stored.byVariable) {
      notes.streams[streamSlug(device.parent, slug, variable)] = n;
    }
    return stored;
  }

  #commit(
    request: ApiRequest,
    report: ReceivedReport,
    device: Values,
    streamer: string,
    sentAt: bigint,
  ): Stored {
    const { tables, streams, readings } = this.#store;
    const before = streams.streamer(streamer);
    if (!before) {
      tables.streamer.insert({
        id: this.#store.next("streamer"),
        slug: streamer,
        org: device.org,
        device: device.slug,
        index: report.streamerIndex,
        selector: report.selector,
      });
    }
    const stored = storeReadings(
      report.columns,
      before?.last_id ?? 0n,
      (variable, micros) => this.#streamNumber(device, variable, micros, request.now),
      readings.writer(),
    );
    streams.advance(streamer, stored.last, report.selector);
    tables.report.insert({
      id: crypto.randomUUID(),
      streamer,
      org: device.org,
      original_first_id: report.lowestId,
      original_last_id: report.highestId,
      actual_first_id: stored.first,
      actual_last_id: stored.last,
      sent_timestamp: sortable(formatMicros(sentAt)),
      device_sent_timestamp: report.sentTimestamp,
      incremental_id: report.seqid,
      created_on: timestamp(request.now),
      created_by: request.caller.account.slug,
    });
    return stored;
  }

  /** The number of a device's stream: it and its page are made when first seen. */
  #streamNumber(device: Values, variable: number, micros: bigint, now: number): number {
    const { tables, streams } = this.#store;
    const slug = streamSlug(device.parent, device.slug, variable);
    let number = streams.numberOf(slug);
    if (number === undefined) {
      tables.stream.insert(newStream(this.#store, device.slug, variable, now)!);
      number = streams.numberOf(slug)!;
    }
    if (!streams.hasOpenPage(slug, device.slug)) {
      const start = formatMicros(micros);
      // The device's page in the stream of a place where it was before ends here.
      streams.closePages(device.slug, slug, start);
      const page = `${slug}--${String(micros < 0n ? 0n : micros).padStart(16, "0")}`;
      if (!tables.streampage.find("slug", page)) {
        tables.streampage.insert({
          id: this.#store.next("streampage"),
          slug: page,
          stream: slug,
          org: device.org,
          device: device.slug,
          start,
        });
      }
    }
    return number;
  }
}

interface Notes {
  device: string | null;
  streamer: string | null;
  readings: number;
  streams: Record<string, number>;
}

/** The text of a refusal, whatever the shape of its body. */
function reason({ body, status }: Refusal): string {
  if (typeof body === "string") return body;
  if (Array.isArray(body)) return body.join("; ");
  if (typeof body !== "object" || body === null) return String(status);
  return Object.entries(body).map(([key, value]) =>
    key === "detail" || key === "error" ? String(value) : `${key}: ${[value].flat().join(" ")}`
  ).join("; ");
}
