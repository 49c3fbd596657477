/**
 * The records of a queue: small values beside the batches, whose names say what they hold.
 *
 * A value is only written under a name of its type, as {@linkcode SetRecord} says, and the checksum of its
 * frame proves that it is what was written: reading it back needs no other check.
 *
 * @module
 */
import type { Plan } from "./_plan.ts";
import type { Draft, OpenReport, StreamerState } from "./outbox.ts";

/** What a lane is: the readings of one device that go to one streamer, or to those of the gateway. */
export interface LaneRecord {
  /** The device as 16 hexadecimal digits. */
  readonly device: string;
  /** −1: the gateway chooses. */
  readonly streamer: number;
  /** Up to where batches are part of a report, and how many readings of the next one. */
  readonly sealed: { readonly batch: number; readonly offset: number };
  /** Every batch up to this one is finished. */
  readonly done: number;
}

/** How much waits in a lane. */
export interface LaneCount {
  readings: number;
  bytes: number;
}

/** A report as it is stored; its plan is a record of its own, since it changes. */
export interface StoredReport extends Omit<OpenReport, "plan"> {
  readonly pieces: readonly Draft["pieces"][number][];
}

/** That the queue was exported. */
export interface Moved {
  readonly move: string;
  readonly file: string;
  readonly at: string;
}

/** How far the import of another queue has come. */
export interface ImportProgress {
  readonly move: string;
  /** Every batch up to this number is there. */
  readonly batch: number;
  /** So many dead letters of this move are there. */
  readonly letters: number;
}

/** Records of which there are several: what comes behind `kind/` in their names. */
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
  /** The reason, and what names a lane: how many readings were given up. */
  readonly lost: number;
  /** The id of the queue. */
  readonly imported: ImportProgress;
}

/** Records of which there is one. */
interface SingleRecords {
  /** The id of the queue. */
  readonly queue: string;
  readonly moved: Moved;
  /** The last record of each commit. */
  readonly last: { readonly batch?: number; readonly readings?: number };
  /** For how long the queue was open, over all runs. */
  readonly seconds: number;
}

/** Which kinds there are. */
export type RecordKind = keyof RecordKinds;

/** The name of a record. */
export type RecordName = `${RecordKind}/${string}` | keyof SingleRecords;

/** What a record holds that has this name. */
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

/** That a record is written. */
export type SetRecord =
  | { [Kind in RecordKind]: Set<`${Kind}/${string}`, RecordKinds[Kind]> }[RecordKind]
  | { [Name in keyof SingleRecords]: Set<Name, SingleRecords[Name]> }[keyof SingleRecords];

/** Records as they were read, by name. */
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
