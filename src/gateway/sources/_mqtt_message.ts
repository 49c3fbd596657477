/**
 * MessageReader, which turns the topic and the JSON of a message into readings.
 *
 * @module
 */
import { errorMessage } from "../../_error_fields.ts";
import { isRecord } from "../../_is_record.ts";
import { checkNames } from "../../_options.ts";
import { ArchFXDataPoint, DataError, type StreamId, type Timestamp } from "../../reports/mod.ts";
import { deviceOf } from "../../slugs/device_of.ts";
import type { DeviceId } from "../../reports/report_options.ts";
import type { ReadingBatch } from "../types.ts";

/** A topic, and the structure of its messages. */
export interface TopicOptions {
  /**
   * The topic: `+` and `#` as in MQTT; `{device}` and `{stream}` each stand for one level. Its text is a slug, or
   * is looked up in `devices` or `streams`.
   */
  readonly topic: string;
  /** The device, if it is not in the topic. */
  readonly device?: DeviceId;
  /** The stream, if it is neither in the topic nor in the message. */
  readonly stream?: StreamId;
  /** Devices by the text of their level. */
  readonly devices?: Readonly<Record<string, DeviceId>>;
  /** Streams by the text of their level, or by the text in the message. */
  readonly streams?: Readonly<Record<string, StreamId>>;
  /** JSON pointer to the readings, if a message has an array of them; `""` if the message is the array. */
  readonly readings?: string;
  /** JSON pointer to the time within a reading: ISO 8601 text, or ms since the Unix epoch; without it: now. */
  readonly time?: string;
  /**
   * JSON pointer to the value within a reading.
   *
   * @default {"" if the message is a number, otherwise "/value"}
   */
  readonly value?: string;
  /** JSON pointer to the stream within a reading. */
  readonly streamPointer?: string;
  /** The streamer that sends the readings, outside the gateway's range. */
  readonly streamer?: number;
}

const NAMES = [
  "topic",
  "device",
  "stream",
  "devices",
  "streams",
  "readings",
  "time",
  "value",
  "streamPointer",
  "streamer",
];
const POINTERS = ["readings", "time", "value", "streamPointer"] as const;

/** Reads the messages of one topic. */
export class MessageReader {
  /** The filter of the subscription. */
  readonly filter: string;
  readonly #options: TopicOptions;
  readonly #expression: RegExp;

  constructor(options: TopicOptions) {
    checkNames(options, NAMES, "field of a topic");
    const { topic } = options;
    if (typeof topic !== "string" || topic === "") {
      throw new TypeError('Cannot subscribe: "topic" must be a topic of MQTT');
    }
    for (const name of POINTERS) {
      const pointer = options[name];
      if (pointer !== undefined && pointer !== "" && !pointer.startsWith("/")) {
        throw new TypeError(
          `Cannot use "${pointer}" as "${name}": it must be a JSON pointer, such as /ts`,
        );
      }
    }
    if (options.device === undefined && !topic.includes("{device}")) {
      throw new TypeError(
        `Cannot subscribe to "${topic}": it needs {device}, or the option device`,
      );
    }
    if (
      options.stream === undefined && options.streamPointer === undefined &&
      !topic.includes("{stream}")
    ) {
      throw new TypeError(
        `Cannot subscribe to "${topic}": it needs {stream}, or the option stream or streamPointer`,
      );
    }
    this.#options = options;
    this.filter = topic.replace(/\{(?:device|stream)\}/g, "+");
    const levels = topic.split("/").map((level) =>
      level === "#"
        ? ".*"
        : level === "+"
        ? "[^/]*"
        : /^\{(device|stream)\}$/.test(level)
        ? `(?<${level.slice(1, -1)}>[^/]+)`
        : level.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    );
    this.#expression = new RegExp(`^${levels.join("/").replace(/\/\.\*$/, "(?:/.*)?")}$`);
  }

  /** Whether a topic is one of these. */
  matches(topic: string): boolean {
    return this.#expression.test(topic);
  }

  /**
   * The readings of a message.
   *
   * @throws {Error} If the message has no valid readings.
   */
  read(topic: string, payload: Uint8Array | string): ReadingBatch {
    const { device, devices, stream, streams, streamer, readings } = this.#options;
    const found = this.#expression.exec(topic)?.groups ?? {};
    let message: unknown;
    try {
      message = JSON.parse(
        typeof payload === "string" ? payload : new TextDecoder().decode(payload),
      );
    } catch (error) {
      throw new DataError(`the message is not JSON: ${errorMessage(error)}`);
    }
    const rows = readings === undefined ? [message] : at(message, readings);
    if (!Array.isArray(rows)) throw new DataError(`there is no array at "${readings}"`);
    const topicStream = found.stream === undefined
      ? stream
      : streams?.[found.stream] ?? found.stream;
    const id = found.device === undefined ? device! : devices?.[found.device] ?? found.device;
    // An unknown device is noticed before anything is stored.
    const slug = deviceOf(id);
    const points = rows.map((row, i) => {
      try {
        return this.#point(row, topicStream);
      } catch (error) {
        throw rows.length === 1 ? error : new DataError(`reading ${i}: ${errorMessage(error)}`);
      }
    });
    return { device: slug.id, points, ...(streamer !== undefined && { streamer }) };
  }

  #point(row: unknown, topicStream: StreamId | undefined): ArchFXDataPoint {
    const { time, streamPointer, streams } = this.#options;
    const pointer = this.#options.value ?? (typeof row === "number" ? "" : "/value");
    const value = at(row, pointer);
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw new DataError(`there is no number at "${pointer}"`);
    }
    const timestamp = time === undefined ? new Date() : at(row, time);
    if (timestamp === undefined) throw new DataError(`there is no time at "${time}"`);
    let stream = topicStream;
    if (streamPointer !== undefined) {
      const text = at(row, streamPointer);
      if (text === undefined) throw new DataError(`there is no stream at "${streamPointer}"`);
      stream = streams?.[String(text)] ?? text as StreamId;
    }
    return new ArchFXDataPoint({
      timestamp: timestamp as Timestamp,
      stream: stream!,
      value: Number(value),
    });
  }
}

/** The value that a JSON pointer (RFC 6901) points to; undefined if it does not exist. */
function at(value: unknown, pointer: string): unknown {
  if (pointer === "") return value;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
