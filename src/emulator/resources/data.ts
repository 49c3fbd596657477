/** The readings of streams: `data`, and readings that are posted there one by one. */
import { parseExactJson } from "../../_exact_json.ts";
import { isSafeInteger } from "../../_integers.ts";
import { choosePage, type Envelope, envelope } from "../http/paging.ts";
import { ErrorResponse, fieldErrors, forbidden, listed, notFound } from "../http/error_response.ts";
import { formatTime, parseTime } from "../http/times.ts";
import { ArchFxStreamSlug } from "../../slugs/mod.ts";
import type { Selection, StoredReading } from "../store/readings.ts";
import type { Store } from "../store/store.ts";
import { asObject } from "./fields.ts";
import { type ApiRequest, isMember } from "./request.ts";
import { canonical } from "./slugs.ts";
import { newStream } from "./stream.ts";

const SIZES = { size: 1000, most: 10_000 };
const MAX_LASTN = 100_000;

/** The part of the readings that a query requests. */
interface Choice {
  readonly selection: Selection;
  /** How many readings to leave out at the start: `lastn`. */
  readonly skip: number;
  readonly count: number;
}

/** The readings. */
export class DataService {
  #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** GET data/: nothing without `?filter=`. */
  list(request: ApiRequest): Envelope {
    return this.#page(request, this.#choose(request, this.#streams(request)));
  }

  /** GET stream/<slug>/data/. */
  listStream(request: ApiRequest, stream: string): Envelope {
    const number = this.#store.streams.numberOf(stream);
    return this.#page(request, this.#choose(request, number === undefined ? [] : [number]));
  }

  /** The same readings for CSV, in chunks; without pages unless the query requests one. */
  *rows(request: ApiRequest, stream?: string): Iterable<Record<string, unknown>[]> {
    const number = stream === undefined ? undefined : this.#store.streams.numberOf(stream);
    const streams = stream === undefined ? this.#streams(request) : number ? [number] : [];
    const { selection, skip, count } = this.#choose(request, streams);
    const paged = request.query.has("page") || request.query.has("page_size");
    const page = paged ? choosePage(request.query, SIZES, count) : undefined;
    const last = page ? Math.min(count, page.offset + page.size) : count;
    for (let at = page?.offset ?? 0; at < last; at += SIZES.most) {
      const size = Math.min(SIZES.most, last - at);
      yield this.#show(
        this.#store.readings.list(selection, skip + count, skip + at, size),
      );
    }
  }

  /** GET data/<id>/: for staff, and for members of the stream's organisation. */
  get(request: ApiRequest, text: string): Record<string, unknown> {
    if (!/^\d{1,19}$/.test(text)) throw listed("Data ID must be a number");
    const reading = this.#store.readings.find(BigInt(text));
    if (!reading) throw notFound();
    const stream = this.#store.tables.stream.find("n", Number(reading.stream));
    if (!stream || !isMember(request, stream.org)) throw forbidden();
    return this.#show([reading])[0];
  }

  /** POST data/: one reading, or a list of them; all are stored or none. */
  create(request: ApiRequest, body: unknown): Record<string, unknown> {
    return this.#store.db.transaction(() => {
      const items = Array.isArray(body) ? body : [body];
      const writer = this.#store.readings.writer();
      for (const item of items) {
        const { stream, micros, value, seq, extra } = this.#posted(request, item);
        writer.add(writer.stream(stream), micros, seq, value, extra, null);
      }
      writer.finish();
      if (Array.isArray(body)) return { count: body.length };
      const reading = this.#store.readings.find(this.#store.readings.lastNumber())!;
      return this.#show([reading])[0];
    });
  }

  #posted(request: ApiRequest, item: unknown) {
    const values = asObject(item);
    const errors: Record<string, string[]> = {};
    const slug = typeof values.stream === "string" ? canonical("stream", values.stream) : undefined;
    if (values.stream === undefined) errors.stream = ["This field is required."];
    else if (slug === undefined) {
      errors.stream = [`Object with slug=${String(values.stream)} does not exist.`];
    }
    const micros = typeof values.timestamp === "string" ? parseTime(values.timestamp) : undefined;
    if (values.timestamp === undefined) errors.timestamp = ["This field is required."];
    else if (micros === undefined) {
      errors.timestamp = [
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
      ];
    }
    const given = values.value ?? values.int_value;
    const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
    const named = values.value === undefined && values.int_value !== undefined
      ? "int_value"
      : "value";
    if (given === undefined || given === null) {
      errors.non_field_errors = ["Either int_value or value should be used"];
    } else if (typeof value !== "number" || !Number.isFinite(value)) {
      errors[named] = ["A valid number is required."];
    }
    const seq = values.streamer_local_id ?? 0;
    if (!isSafeInteger(seq) || seq < 0) {
      errors.streamer_local_id = ["A valid integer is required."];
    }
    if (Object.keys(errors).length > 0) throw fieldErrors(errors);
    const extra = values.extra_data;
    return {
      stream: this.#streamForPost(request, slug!),
      micros: micros!,
      value: Number(value),
      seq: Number(seq),
      extra: typeof extra === "object" && extra !== null && Object.keys(extra).length > 0
        ? JSON.stringify(extra)
        : null,
    };
  }

  /** A stream of the account's organisations. It is created if its device is claimed under the place in the slug. */
  #streamForPost(request: ApiRequest, slug: string): number {
    const { tables, streams } = this.#store;
    const row = tables.stream.find("slug", slug);
    if (row) {
      if (!isMember(request, row.org)) {
        throw forbidden("User has no access to at least some data points");
      }
      return row.n;
    }
    const parts = new ArchFxStreamSlug(slug);
    const owner = String(parts.device);
    const table = owner.startsWith("d--0000-0000-") ? "device" : "machine";
    const found = tables[table].find("slug", owner);
    if (!found?.org || !isMember(request, found.org)) {
      throw forbidden("User has no access to at least some data points");
    }
    const made = newStream(this.#store, owner, parts.variable.id, request.now);
    if (made?.slug !== slug) {
      throw fieldErrors({ stream: [`Object with slug=${slug} does not exist.`] });
    }
    tables.stream.insert(made);
    return streams.numberOf(slug)!;
  }

  #page(request: ApiRequest, { selection, skip, count }: Choice): Envelope {
    const page = choosePage(request.query, SIZES, count);
    const readings = this.#store.readings.list(
      selection,
      skip + count,
      skip + page.offset,
      page.size,
    );
    return envelope(request.url, page, count, this.#show(readings));
  }

  /** The streams that `?filter=` names and that the account may read. */
  #streams(request: ApiRequest): number[] {
    const filter = request.query.get("filter");
    if (!filter) return [];
    const { tables, streams } = this.#store;
    if (/^[dm]--/.test(filter)) {
      const slug = canonical("device", filter);
      if (slug === undefined) return [];
      return streams.ofDevice(slug).filter(({ org }) => isMember(request, org)).map(({ n }) => n);
    }
    const slug = canonical("stream", filter);
    const stream = slug === undefined ? undefined : tables.stream.find("slug", slug);
    return stream && isMember(request, stream.org) ? [stream.n] : [];
  }

  #choose(request: ApiRequest, streams: number[]): Choice {
    const { query } = request;
    const errors: Record<string, string[]> = {};
    const time = (name: string) => {
      const text = query.get(name);
      if (text === null || text === "") return undefined;
      const micros = parseTime(text);
      if (micros === undefined) errors[name] = ["Enter a valid date/time."];
      return micros;
    };
    const number = (name: string) => {
      const text = query.get(name);
      if (text === null || text === "") return undefined;
      if (!/^-?\d{1,18}$/.test(text)) {
        errors[name] = ["Enter a number."];
        return undefined;
      }
      return BigInt(text);
    };
    const range = (name: string) => {
      const from = number(`${name}_0`);
      const to = number(`${name}_1`);
      return from === undefined && to === undefined ? undefined : { from, to };
    };
    const selection: Selection = {
      streams,
      start: time("start"),
      end: time("end"),
      ids: range("id"),
      seqs: range("streamer_id"),
    };
    const lastn = number("lastn");
    if (Object.keys(errors).length > 0) throw fieldErrors(errors);
    if (lastn !== undefined && lastn < 1n) throw listed("lastn must be greater than 0");
    if (lastn !== undefined && lastn > MAX_LASTN) throw listed(`lastn limit is ${MAX_LASTN}`);
    const total = streams.length === 0 ? 0 : this.#store.readings.count(selection);
    const count = lastn === undefined ? total : Math.min(total, Number(lastn));
    return { selection, skip: total - count, count };
  }

  #show(readings: readonly StoredReading[]): Record<string, unknown>[] {
    const streams = new Map<bigint, { slug: string; device: string; variable: string }>();
    return readings.map((reading) => {
      let stream = streams.get(reading.stream);
      if (!stream) {
        const row = this.#store.tables.stream.find("n", Number(reading.stream))!;
        stream = { slug: row.slug, device: row.device ?? row.machine, variable: row.variable };
        streams.set(reading.stream, stream);
      }
      const { value } = reading;
      return {
        id: reading.id,
        stream: stream.slug,
        device: stream.device,
        variable: stream.variable,
        type: "Num",
        device_timestamp: null,
        timestamp: formatTime(Number(reading.seconds), Number(reading.micros)),
        // Plus 0, because an integer has no -0.
        int_value: Number.isFinite(value) ? Math.trunc(value) + 0 : null,
        value,
        streamer_local_id: reading.seq,
        dirty_ts: false,
        status: "utc",
        extra_data: reading.extra === null ? {} : parseExactJson(reading.extra),
        data: reading.data === null ? null : parseExactJson(reading.data),
      };
    });
  }
}

/** 501 for a path that the real cloud has but the emulator does not. */
export function notImplemented(path: string): ErrorResponse {
  return new ErrorResponse(501, { detail: `The emulator does not implement ${path}.` });
}
