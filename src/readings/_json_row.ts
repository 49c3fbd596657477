/**
 * Converts one JSON object to readings.
 *
 * @module
 */
import { exactJson, parseExactJson } from "../_exact_json.ts";
import { isMap } from "../_is_record.ts";
import { bare, cellDevice, cellId, cellStream, cellTime, otherValue, textValue } from "./_cells.ts";
import type { JsonKeys } from "./_json_keys.ts";
import { keyList, KeyWatch } from "./_key_watch.ts";
import { pointedAt, pointersOf } from "./_json_pointer.ts";
import {
  type CellFault,
  type CellValue,
  isFault,
  type RowExtras,
  type RowMaker,
  type RowStream,
} from "./_row_maker.ts";
import { cut } from "./problem.ts";
import type { FoundColumns } from "./read_options.ts";

/** A fault and its key; undefined for the object as a whole. */
export interface KeyFault extends CellFault {
  readonly key: string | undefined;
}

/** The rule for a line that is not JSON. */
export const NOT_JSON = "is not JSON";

type Line = Record<string, unknown>;

/** Makes readings from JSON. */
export class JsonRows {
  readonly #maker: RowMaker;
  readonly #keys: JsonKeys;
  readonly #numberTexts: boolean;
  readonly #pointers: readonly string[];
  #text = "";
  #line: Line = {};
  /** The key of ids; known after an object had one. */
  #idKey: string | undefined;
  #hasDevice = false;
  /** The keys that options name. */
  readonly watch: KeyWatch;

  constructor(maker: RowMaker, keys: JsonKeys, numberTexts: boolean) {
    this.#maker = maker;
    this.#keys = keys;
    this.#numberTexts = numberTexts;
    this.watch = new KeyWatch(keys.named);
    this.#pointers = pointersOf([
      ...keys.times,
      ...[keys.value, keys.stream, keys.device, keys.quality],
      ...keys.id,
      ...(maker.plan.map ?? []).map(({ name }) => name),
    ]);
  }

  /** The keys that are read. */
  get found(): FoundColumns {
    const { times, value, stream, device, quality } = this.#keys;
    return {
      timestamp: times,
      values: value === undefined ? this.#maker.plan.map!.map(({ name }) => name) : [value],
      ...(stream !== undefined && { stream }),
      ...(this.#idKey !== undefined && { readingId: this.#idKey }),
      ...(device !== undefined && this.#hasDevice && { device }),
      ...(quality !== undefined && { quality }),
    };
  }

  /** Makes the readings of an object; returns its faults. */
  read(text: string): KeyFault[] {
    let line: unknown;
    try {
      line = parseExactJson(text);
    } catch {
      return [{ key: undefined, text, rule: NOT_JSON }];
    }
    if (!isMap(line)) {
      return [{ key: undefined, text, rule: "is not a JSON object" }];
    }
    this.#text = text;
    this.#line = line;
    for (const pointer of this.#pointers) {
      // A key whose name is the text of the pointer takes precedence.
      if (Object.hasOwn(line, pointer)) continue;
      const found = pointedAt(line, pointer);
      if (found !== undefined) line[pointer] = found;
    }
    if (!this.watch.done) this.watch.see(line);
    return this.#row(line);
  }

  #row(line: Line): KeyFault[] {
    const keys = this.#keys;
    const extras: RowExtras = {};
    const free = this.#free(line, extras);
    if (free) return [free];
    if (keys.quality !== undefined) {
      const quality = line[keys.quality];
      if (quality === undefined) return [this.#missing(keys.quality, "columns.quality")];
      const text = typeof quality === "string" ? quality : exactJson(quality) ?? "";
      if (this.#maker.leavesOut(text, extras)) return [];
    }
    return keys.value === undefined ? this.#wide(line, extras) : this.#long(line, extras);
  }

  #long(line: Line, extras: RowExtras): KeyFault[] {
    const { plan } = this.#maker;
    const keys = this.#keys;
    const name = keys.value!;
    const value = Object.hasOwn(line, name)
      ? this.#value(line[name], name)
      : plan.blank === "skip"
      ? this.#maker.blank()
      : undefined;
    if (value === "left out") return [];
    if (value === undefined) {
      const begins = this.#maker.stage.readings === 0;
      return [begins ? this.#missing(name, "columns.value") : this.#missingValue(name)];
    }
    let stream: RowStream = { stream: plan.stream ?? 0 };
    if (keys.stream !== undefined && Object.hasOwn(line, keys.stream)) {
      const cell = line[keys.stream];
      const found = cellStream(this.#maker, cell, () => textOfCell(cell));
      if (isFault(found)) return [{ ...found, key: keys.stream }];
      stream = found;
    } else if (keys.streamRequired) {
      return [this.#missing(keys.stream ?? "stream", "columns.stream")];
    }
    let id: string | undefined;
    for (const key of keys.id) {
      if (!Object.hasOwn(line, key)) continue;
      if (id !== undefined) return [this.#twice(key, line[key])];
      id = key;
    }
    if (id !== undefined) {
      const found = cellId(this.#maker, line[id], () => textOfCell(line[id]));
      if (isFault(found)) return [{ ...found, key: id }];
      // An id of 0 means that the id is missing; an option may then assign one.
      if (found !== 0n || plan.idStep === 0n) extras.id = found;
      if (found !== 0n) this.#idKey = id;
    }
    const shared = this.#shared(line, extras, stream);
    if (typeof shared !== "bigint") return [shared];
    if (isFault(value)) return [{ ...value, key: name }];
    const fault = this.#maker.add(shared, stream, value, extras);
    return fault ? [{ ...fault, key: undefined }] : [];
  }

  #wide(line: Line, extras: RowExtras): KeyFault[] {
    const maker = this.#maker;
    const values = maker.plan.map!.map((entry) => ({
      ...entry,
      value: Object.hasOwn(line, entry.name)
        ? this.#value(line[entry.name], entry.name)
        : maker.plan.blank === "skip"
        ? maker.blank()
        : this.#missingValue(entry.name),
    }));
    if (values.every(({ value }) => value === "left out")) return [];
    const shared = this.#shared(line, extras, undefined);
    if (typeof shared !== "bigint") return [shared];
    return maker.addEach(shared, values, extras)
      .map(([fault, { name }]) => ({ key: name, ...fault }));
  }

  /** Reads time and device; returns the time in UTC. */
  #shared(
    line: Line,
    extras: RowExtras,
    stream: RowStream | undefined,
  ): bigint | KeyFault {
    const { times, device: deviceKey } = this.#keys;
    for (const key of times) {
      if (!Object.hasOwn(line, key)) return this.#missing(key, "columns.timestamp");
    }
    const text = times.map((key) => textOfCell(line[key])).join(" ");
    const time = times.length === 1
      ? cellTime(this.#maker, line[times[0]], () => text)
      : this.#maker.time(text);
    if (isFault(time)) return { ...time, key: times[0] };
    if (deviceKey !== undefined) {
      const isThere = Object.hasOwn(line, deviceKey);
      const { device: fixed, findColumns } = this.#maker.plan;
      if (!isThere && fixed === undefined && !findColumns) {
        return this.#missing(deviceKey, "columns.device");
      }
      if (isThere) {
        this.#hasDevice = true;
        const device = cellDevice(this.#maker, line[deviceKey], () => textOfCell(line[deviceKey]));
        if (isFault(device)) return { ...device, key: deviceKey };
        extras.device = device;
      }
    }
    const key = `${extras.device ?? stream?.device ?? ""}/${stream?.stream ?? ""}`;
    const micros = this.#maker.utc(time, key, text);
    return isFault(micros) ? { ...micros, key: times[0] } : micros;
  }

  /** Reads summary and raw data. */
  #free(
    line: Line,
    extras: RowExtras,
  ): KeyFault | undefined {
    let found: string | undefined;
    for (const key of this.#keys.summary) {
      if (!Object.hasOwn(line, key)) continue;
      if (found !== undefined) return this.#twice(key, line[key]);
      found = key;
      const value = line[key];
      if (value === null) continue;
      if (!isMap(value) || Object.hasOwn(value, "value")) {
        const rule = "is not summary data (an object without the key value)";
        return { key, bare: true, text: textOfCell(value), rule };
      }
      if (Object.keys(value).length > 0) extras.summary = value;
    }
    found = undefined;
    for (const key of this.#keys.raw) {
      if (!Object.hasOwn(line, key)) continue;
      if (found !== undefined) return this.#twice(key, line[key]);
      found = key;
      if (line[key] !== null) extras.raw = line[key];
    }
    return undefined;
  }

  #value(value: unknown, key: string): CellValue {
    const maker = this.#maker;
    if (typeof value === "number") {
      if (Number.isFinite(value)) return value;
      return {
        bare: true,
        text: this.#source(key),
        rule: "is too large for a 64-bit number",
      };
    }
    if (typeof value === "bigint") return Number(value);
    if (value === null) return bare(maker.blank("null"));
    if (typeof value === "string") {
      const shown = () => ({ bare: true, text: JSON.stringify(value) });
      return textValue(maker, value, this.#numberTexts, shown);
    }
    return otherValue(maker, value, textOfCell(value));
  }

  #missing(key: string, option?: string): KeyFault {
    const rule = `has no ${JSON.stringify(key)}`;
    const keys = Object.keys(this.#line).filter((it) => !this.#pointers.includes(it));
    return {
      key: undefined,
      text: this.#text,
      rule: this.#maker.plan.skipBadRows || cut(this.#text) === this.#text
        ? rule
        : `${rule}; its keys are ${keyList(keys)}`,
      ...(option !== undefined && { hints: [{ option }] }),
    };
  }

  /** The fault for a missing value, which counts as blank. */
  #missingValue(key: string): KeyFault {
    return { ...this.#missing(key), hints: [{ option: "blank", value: "skip" }] };
  }

  #twice(key: string, value: unknown): KeyFault {
    return { key, bare: true, text: textOfCell(value), rule: "is given by another key as well" };
  }

  /** The text of a key's value in the line. */
  #source(key: string): string {
    const name = JSON.stringify(key).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`${name}\\s*:\\s*([^,}\\s]+)`).exec(this.#text)?.[1] ?? "this number";
  }
}

/** A value of JSON as text. */
function textOfCell(value: unknown): string {
  return typeof value === "string" ? value : exactJson(value) ?? "";
}
