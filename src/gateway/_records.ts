/**
 * The records of a queue: small values beside the batches; the name of a record determines its type.
 *
 * A value is only written under a name of its type, see {@linkcode SetRecord}, and the checksum of its frame
 * proves that it is unchanged: no other check is needed when it is read.
 *
 * @module
 */
import type { Plan } from "./_plan.ts";
import type { Draft, OpenReport, StreamerState } from "./outbox.ts";

/** A lane: the readings of one device that go to one streamer, or to the streamers of the gateway. */
export interface LaneRecord {
  /** The device as 16 hexadecimal digits. */
  readonly device: string;
  /** −1: the gateway chooses. */
  readonly streamer: number;
  /** The last batch that is part of a report, and how many readings of the next one are. */
  readonly sealed: { readonly batch: number; readonly offset: number };
  /** Every batch up to this one is finished. */
  readonly done: number;
}

/** The amount that waits in a lane. */
export interface LaneCount {
  readings: number;
  bytes: number;
}

/** A stored report; its plan is in a separate record, because it changes. */
export interface StoredReport extends Omit<OpenReport, "plan"> {
  readonly pieces: readonly Draft["pieces"][number][];
}

/** The export of the queue. */
export interface Moved {
  readonly move: string;
  readonly file: string;
  readonly at: string;
}

/** The progress of the import of another queue. */
export interface ImportProgress {
  readonly move: string;
  /** Every batch up to this number was imported. */
  readonly batch: number;
  /** The number of imported dead letters of this move. */
  readonly letters: number;
}

/** Records of which there are several: the part of their names after `kind/`. */
interface RecordKinds {
  /** Its number. */
  readonly lane: LaneRecord;
  /** The number of the lane. */
  readonly count: LaneCount;
  /** The number of the lane. */
  readonly report: StoredReport;
  /** The number of the lane. */
  readonly plan: Plan;
  /** The number of the lane: the streamer of its last report, if the gateway chooses. */
  readonly current: number;
  /** The device as 16 hexadecimal digits, and the index of the streamer. */
  readonly streamer: StreamerState;
  /** The name of the source. */
  readonly position: string;
  /** The reason and the name of a lane: how many readings were given up. */
  readonly lost: number;
  /** The id of the queue. */
  readonly imported: ImportProgress;
}

/** Records of which there is only one. */
interface SingleRecords {
  /** The id of the queue. */
  readonly queue: string;
  readonly moved: Moved;
  /** The last record of each commit. */
  readonly last: { readonly batch?: number; readonly readings?: number };
  /** For how long the queue was open, over all runs. */
  readonly seconds: number;
}

/** The kinds of records. */
export type RecordKind = keyof RecordKinds;

/** The name of a record. */
export type RecordName = `${RecordKind}/${string}` | keyof SingleRecords;

/** The type of the record with this name. */
export type RecordOf<Name extends RecordName> = Name extends keyof SingleRecords
  ? SingleRecords[Name]
  : Name extends `${infer Kind extends RecordKind}/${string}` ? RecordKinds[Kind]
  : never;

/** The records of a kind, with their names. */
export type RecordsOf<Kind extends RecordKind> = [
  name: `${Kind}/${string}`,
  value: RecordKinds[Kind],
][];

type Set<Name, Value> = { readonly kind: "set"; readonly name: Name; readonly value: Value };

/** A change that writes a record. */
export type SetRecord =
  | { [Kind in RecordKind]: Set<`${Kind}/${string}`, RecordKinds[Kind]> }[RecordKind]
  | { [Name in keyof SingleRecords]: Set<Name, SingleRecords[Name]> }[keyof SingleRecords];

/** The records that were read, by name. */
type Read = ReadonlyMap<string, { readonly value: unknown }>;

/** A record; undefined if it does not exist. */
export function recordOf<Name extends RecordName>(
  records: Read,
  name: Name,
): RecordOf<Name> | undefined {
  return records.get(name)?.value as RecordOf<Name> | undefined;
}

/** All records of a kind. */
export function recordsOf<Kind extends RecordKind>(records: Read, kind: Kind): RecordsOf<Kind> {
  const found = [...records].filter(([name]) => name.startsWith(`${kind}/`))
    .map(([name, { value }]) => [name, value]);
  return found as RecordsOf<Kind>;
}
