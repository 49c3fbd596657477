/**
 * scanReport(), which checks a report from its first to its last byte without having all of it in memory.
 *
 * It returns the facts that an upload needs. The events go through the decoder's window, so a report of any length
 * takes the same memory; only if ids do not increase are they collected, 8 bytes each.
 *
 * @module
 */
import { integerReader } from "../_integers.ts";
import { type EventInput, passEvents, type PassingEvents } from "../codec/event_decoder.ts";
import type { Id } from "../readings/reading_columns.ts";
import { decodeHeader, type Header } from "./_header.ts";
import type { ReadingFacts, ReportFacts } from "./report_cloud.ts";

/** The nesting that `decode` allows by default. */
export const MAX_DEPTH = 512;
/** The header, up to the events, is read from this number of bytes. */
const HEAD_BYTES = 1 << 16;

/** Facts about a report that was scanned. */
interface ScannedReport {
  /** The facts that an upload needs; `ends` is absent if no reading has an id. */
  readonly facts: ReportFacts & { readonly length: number };
  /** The number of readings that the cloud can count: those with an id, each id once. */
  readonly countable: number;
  /** The first reading without an id, or −1. */
  readonly firstWithoutId: number;
  /** When the device sent it, in microseconds; null if the report does not say. */
  readonly sentMicros: bigint | null;
}

/**
 * Checks a report and returns the facts that an upload needs.
 *
 * @param input The report.
 * @returns The facts.
 * @throws {DataError} If it is not a valid report; the message has the byte.
 */
export function scanReport(input: EventInput): ScannedReport {
  let scan = new Scan();
  const report = checkReport(input, () => (scan = new Scan()).add);
  scan.length = report.length;
  return resultOf(report.header, scan, () => {
    const ids = new IdCollection(scan.length);
    passEvents(report.input, report.eventsAt, report.length, MAX_DEPTH, ids.add);
    return ids.distinct();
  });
}

/** A report that has been checked, with the position of its events. */
interface CheckedReport {
  readonly header: Header;
  /** The input that contains the report. */
  readonly input: EventInput;
  readonly eventsAt: number;
  /** The number of its readings. */
  readonly length: number;
}

/**
 * Checks a report from its first to its last byte.
 *
 * @param input The report.
 * @param begin Called before the first event, and again if the events must be read a second time. It returns a function
 * that is called with one chunk of events after another.
 * @throws {DataError} If it is not a valid report; the message has the byte.
 */
export function checkReport(
  input: EventInput,
  begin: () => (events: PassingEvents) => void,
): CheckedReport {
  const head = input.read(0, Math.min(HEAD_BYTES, input.length)).slice();
  let isLast = false;
  let inEvents = false;
  let place = { eventsAt: 0, length: 0 };
  try {
    const header = decodeHeader(head, MAX_DEPTH, (eventsAt, length) => {
      place = { eventsAt, length };
      inEvents = true;
      const end = passEvents(input, eventsAt, length, MAX_DEPTH, begin());
      inEvents = false;
      isLast = end === input.length;
      return isLast ? head.length : end;
    });
    if (isLast) return { header, input, ...place };
  } catch (error) {
    if (isLast || inEvents || input.length <= head.length) throw error;
  }
  return checkWhole(input, begin);
}

/** Checks a report in memory whose events are not its last field; other programs may write such reports. */
function checkWhole(
  input: EventInput,
  begin: () => (events: PassingEvents) => void,
): CheckedReport {
  const bytes = input.read(0, input.length).slice();
  const whole = {
    length: bytes.length,
    read: (at: number, size: number) => bytes.subarray(at, at + size),
  };
  let place = { eventsAt: 0, length: 0 };
  const header = decodeHeader(bytes, MAX_DEPTH, (eventsAt, length) => {
    place = { eventsAt, length };
    return passEvents(whole, eventsAt, length, MAX_DEPTH, begin());
  });
  return { header, input: whole, ...place };
}

function resultOf(header: Header, scan: Scan, distinct: () => number): ScannedReport {
  const { lowest, highest } = scan;
  return {
    facts: {
      origin: header.origin,
      originStreamer: header.originStreamer,
      length: scan.length,
      lowestId: lowest?.id ?? 0,
      highestId: highest?.id ?? 0,
      ...(lowest && highest && { ends: () => [lowest, highest] as const }),
    },
    countable: scan.isRising ? scan.withId : distinct(),
    firstWithoutId: scan.firstWithoutId,
    sentMicros: header.sentMicros,
  };
}

/** Collects the facts while the events are read. */
class Scan {
  length = 0;
  lowest: ReadingFacts | undefined;
  highest: ReadingFacts | undefined;
  firstWithoutId = -1;
  /** Whether each id is above the one before it, ignoring readings without an id. */
  isRising = true;
  withId = 0;
  #last: Id = 0;

  readonly add = (events: PassingEvents): void => {
    const { first, length } = events;
    const idAt = integerReader(events.ids);
    // The rows of the ends in this chunk; creating an object for each new highest id would create one for each reading.
    let lowest: Id = this.lowest?.id ?? Infinity;
    let highest: Id = this.highest?.id ?? 0;
    let lowestAt = -1;
    let highestAt = -1;
    for (let at = 0; at < length; at++) {
      const id = idAt(at);
      if (id === 0) {
        if (this.firstWithoutId < 0) this.firstWithoutId = first + at;
        continue;
      }
      this.withId++;
      if (id <= this.#last) this.isRising = false;
      this.#last = id;
      // The first reading with an id: the cloud keeps that one if an id occurs twice.
      if (id < lowest) [lowest, lowestAt] = [id, at];
      if (id > highest) {
        highest = id;
        highestAt = at;
      }
    }
    if (lowestAt >= 0) this.lowest = factsAt(events, lowestAt, lowest);
    if (highestAt >= 0) this.highest = factsAt(events, highestAt, highest);
  };
}

/** The ids themselves. */
class IdCollection {
  #ids: BigUint64Array;
  #length = 0;

  constructor(expected: number) {
    this.#ids = new BigUint64Array(Math.max(expected, 1024));
  }

  readonly add = ({ ids, length }: PassingEvents): void => {
    if (this.#length + length > this.#ids.length) {
      const wider = new BigUint64Array(2 * (this.#length + length));
      wider.set(this.#ids);
      this.#ids = wider;
    }
    this.#ids.set(ids.subarray(0, length), this.#length);
    this.#length += length;
  };

  /** The number of different ids, without 0. */
  distinct(): number {
    const ids = this.#ids.subarray(0, this.#length).sort();
    const idAt = integerReader(ids);
    let last: Id = 0;
    let count = 0;
    for (let at = 0; at < ids.length; at++) {
      const id = idAt(at);
      if (id !== last) count++;
      last = id;
    }
    return count;
  }
}

function factsAt({ streams, times, values }: PassingEvents, at: number, id: Id): ReadingFacts {
  return { id, stream: streams[at], timestampMicros: times[at], value: values[at] };
}
