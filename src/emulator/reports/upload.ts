/** POST streamer/report/: the rules of an upload, in the order in which they are checked. */
import { errorMessage } from "../../_error_fields.ts";
import { timestamp } from "../auth/sessions.ts";
import type { Events } from "../control/events.ts";
import { ErrorResponse, forbidden, handMade, listed, notFound } from "../http/error_response.ts";
import type { Part } from "../http/multipart.ts";
import { formatMicros, parseTime } from "../http/times.ts";
import { ArchFxStreamerSlug } from "../../slugs/mod.ts";
import { type ApiRequest, isMember } from "../resources/request.ts";
import { deviceSlug, streamSlug } from "../resources/slugs.ts";
import { newStream } from "../resources/stream.ts";
import { sortable } from "../resources/streamer.ts";
import type { Store } from "../store/store.ts";
import { WaitingReports } from "../store/waiting_reports.ts";
import type { Values } from "../store/table.ts";
import { type CheckedCounting, Counting } from "./counting.ts";
import { readReport, type ReceivedReport } from "./read.ts";
import { type Stored, storeReadings } from "./store_readings.ts";

const NEEDS_TIMESTAMP = "Upload function requires a ?timestamp=str argument in UTC format";

/** Receives reports. */
export class ReportUploads {
  readonly #store: Store;
  readonly #events: Events;
  readonly #now: () => number;
  readonly #waiting: WaitingReports;
  /** When reports are counted. */
  readonly counting: Counting;

  constructor(store: Store, events: Events, now: () => number, counting: CheckedCounting) {
    this.#store = store;
    this.#events = events;
    this.#now = now;
    this.#waiting = new WaitingReports(store.db);
    this.counting = new Counting(
      counting,
      this.#waiting.numbers(),
      (report) => this.#countLater(report),
    );
  }

  /**
   * Receives one report. All of it is stored, or nothing.
   *
   * @param request The request.
   * @param parts The parts of its body.
   * @param workerFails Whether the report is stored but never counted.
   * @returns How many readings were new, or how many the report has if they are counted later.
   */
  receive(
    request: ApiRequest,
    parts: readonly Part[],
    workerFails: boolean,
  ): { count: number } {
    const file = parts.find(({ name, filename }) => name === "file" && filename !== undefined);
    const { account } = request.caller;
    const notes = notesOf(account.email, file?.data.length ?? 0);
    const isNow = !this.counting.isLater && !workerFails;
    return this.#noting(notes, isNow, () => {
      const upload = this.#check(request, file, notes);
      if (isNow) {
        notes.stored = this.#count(upload, account.slug, notes);
        return { count: notes.stored.added };
      }
      if (workerFails) this.#emit(notes, "its worker failed, so it is never counted", 0);
      else {
        const { data } = file!;
        const { sentAt } = upload;
        const { slug, email } = account;
        this.counting.add(this.#waiting.add({ file: data, sentAt, account: slug, email }));
      }
      return { count: upload.report.columns.length };
    });
  }

  /** Forgets the reports that wait to be counted. */
  forget(): void {
    this.counting.stop();
    this.#waiting.clear();
  }

  /** Counts a report that was already answered. */
  #countLater(n: number): void {
    const waiting = this.#waiting.find(n);
    // Another emulator on the same file has counted it.
    if (!waiting) return;
    const notes = notesOf(waiting.email, waiting.file.length);
    try {
      this.#noting(notes, true, () => {
        const report = readReport(waiting.file);
        const upload = { report, sentAt: waiting.sentAt, ...this.#destination(report, notes) };
        this.#store.db.transaction(() => {
          notes.stored = this.#count(upload, waiting.account, notes);
          this.#waiting.remove(n);
        });
      });
    } catch (error) {
      // Its device may have been deleted since the response.
      if (!(error instanceof ErrorResponse)) throw error;
      this.#waiting.remove(n);
    }
  }

  /** Does the work, and records the result or the reason for the rejection. */
  #noting<T>(notes: Notes, always: boolean, work: () => T): T {
    const started = performance.now();
    let rejected: string | null = null;
    try {
      return work();
    } catch (error) {
      rejected = error instanceof ErrorResponse ? reason(error) : errorMessage(error);
      throw error;
    } finally {
      if (always || rejected !== null) this.#emit(notes, rejected, performance.now() - started);
    }
  }

  #emit({ stored, ...notes }: Notes, rejected: string | null, milliseconds: number): void {
    this.#events.emit({
      kind: "report",
      at: timestamp(this.#now()),
      ...notes,
      new: stored?.added ?? 0,
      duplicates: stored?.duplicates ?? 0,
      missingIds: stored?.missingIds ?? 0,
      rejected,
      milliseconds,
    });
  }

  #check(request: ApiRequest, file: Part | undefined, notes: Notes): CheckedUpload {
    if (!file) throw handMade(400, "missing request.data['file']");
    const sent = request.query.get("timestamp");
    if (sent === null) throw handMade(400, "missing timestamp argument");
    const sentAt = parseTime(sent);
    if (sentAt === undefined) throw listed(NEEDS_TIMESTAMP);
    if (!/\.mp$/i.test(file.filename!)) {
      throw listed("Streamer Report file extension not supported. Expected: .mp");
    }
    const report = readReport(file.data);
    const destination = this.#destination(report, notes);
    if (!isMember(request, destination.device.org)) throw forbidden();
    return { report, sentAt, ...destination };
  }

  #destination(
    report: ReceivedReport,
    notes: Notes,
  ): Pick<CheckedUpload, "device" | "streamer"> {
    notes.readings = report.columns.length;
    const slug = deviceSlug(report.device);
    notes.device = slug;
    const device = this.#store.tables.device.find("slug", slug);
    if (!device) throw notFound();
    if (!device.parent) {
      throw listed(`Device ${slug} has not been claimed. Yet, it is uploading a report`);
    }
    const streamer = String(new ArchFxStreamerSlug(slug, report.streamerIndex));
    notes.streamer = streamer;
    return { device, streamer };
  }

  #count(upload: CheckedUpload, account: string, notes: Notes): Stored {
    const stored = this.#store.db.transaction(() => this.#commit(upload, account));
    const { device } = upload;
    for (const [variable, n] of stored.byVariable) {
      notes.streams[streamSlug(device.parent, device.slug, variable)] = n;
    }
    return stored;
  }

  #commit({ report, device, streamer, sentAt }: CheckedUpload, account: string): Stored {
    const now = this.#now();
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
      (variable, micros) => this.#streamNumber(device, variable, micros, now),
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
      created_on: timestamp(now),
      created_by: account,
    });
    return stored;
  }

  /** The number of a device's stream. The stream and its page are created with the first reading. */
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
      // This ends the device's page in the stream of its previous place.
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

/** A report that can be counted. */
interface CheckedUpload {
  readonly report: ReceivedReport;
  readonly sentAt: bigint;
  readonly device: Values;
  readonly streamer: string;
}

/** The entry of a report in the log. */
interface Notes {
  readonly account: string;
  readonly bytes: number;
  device: string | null;
  streamer: string | null;
  readings: number;
  readonly streams: Record<string, number>;
  stored?: Stored;
}

function notesOf(account: string, bytes: number): Notes {
  return { account, bytes, device: null, streamer: null, readings: 0, streams: {} };
}

/** The text of an error, for any form of its body. */
function reason({ body, status }: ErrorResponse): string {
  if (typeof body === "string") return body;
  if (Array.isArray(body)) return body.join("; ");
  if (typeof body !== "object" || body === null) return String(status);
  return Object.entries(body).map(([key, value]) =>
    key === "detail" || key === "error" ? String(value) : `${key}: ${[value].flat().join(" ")}`
  ).join("; ");
}
