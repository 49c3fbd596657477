/**
 * Plan, which describes how an open report is being sent: the next parts, the rejected readings, the attempts
 * that may still be counted; and the table of the meanings of `last_id`.
 *
 * The functions change nothing: each returns a new plan, which the sender stores before it acts on it.
 *
 * @module
 */

/** Reading ids from `lo` to `hi`, both included. */
export interface IdRange {
  readonly lo: number;
  readonly hi: number;
}

/** A reading that the cloud rejected when it was sent alone. */
export interface Rejected {
  readonly id: number;
  readonly status: number;
  readonly body: string;
}

/** How an open report is being sent. */
export interface Plan {
  /** The parts to send, lowest ids first. */
  readonly parts: readonly IdRange[];
  /** Readings that were rejected since the last one that was counted. */
  readonly aside: readonly Rejected[];
  /** The attempts since the last confirmation, in order: any of them may be counted late. */
  readonly attempts: readonly IdRange[];
  /** How often the first part was accepted without proof that it was counted. */
  readonly sends: number;
}

/** The meaning of `last_id` before an attempt. */
export type Verdict =
  | { readonly kind: "send" }
  /** One of these attempts may have been counted: the largest first. */
  | { readonly kind: "counted"; readonly candidates: readonly IdRange[] }
  | { readonly kind: "lower" }
  | { readonly kind: "conflict" };

/** After this many rejected readings in a row, with none counted, the readings are not the cause. */
export const MOST_REJECTED = 16;

/** The plan of a report that has not been sent. */
export function newPlan(lo: number, hi: number): Plan {
  return { parts: [{ lo, hi }], aside: [], attempts: [], sends: 0 };
}

/** The meaning of `last_id`: the table in docs/gateway.md. */
export function judge(
  lastId: number,
  confirmed: number,
  attempts: readonly IdRange[],
): Verdict {
  if (lastId === confirmed) return { kind: "send" };
  // Of an attempt, the cloud counts the readings above `confirmed`: two attempts differ in the lowest of these.
  const lows = attempts
    .filter(({ hi }) => hi === lastId && hi > confirmed)
    .map(({ lo }) => Math.max(lo, confirmed + 1));
  const candidates = [...new Set(lows)].sort((a, b) => a - b).map((lo) => ({ lo, hi: lastId }));
  if (candidates.length > 0) return { kind: "counted", candidates };
  return { kind: lastId < confirmed ? "lower" : "conflict" };
}

/** Records that the first part is about to be sent with these ids. */
export function attempting(plan: Plan, range: IdRange): Plan {
  const known = plan.attempts.some(({ lo, hi }) => lo === range.lo && hi === range.hi);
  return known ? plan : { ...plan, attempts: [...plan.attempts, range] };
}

/**
 * Records that an attempt was counted; returns what is left, and which readings are dead because a later one was
 * counted.
 */
export function counted(plan: Plan, attempt: IdRange): { plan: Plan; dead: Rejected[] } {
  const parts = plan.parts
    .filter(({ hi }) => hi > attempt.hi)
    .map(({ lo, hi }) => ({ lo: Math.max(lo, attempt.hi + 1), hi }));
  return {
    plan: {
      parts,
      aside: plan.aside.filter(({ id }) => id > attempt.hi),
      attempts: plan.attempts.filter(({ hi }) => hi > attempt.hi),
      sends: 0,
    },
    // The parts within the attempt were counted after all.
    dead: plan.aside.filter(({ id }) => id < attempt.lo),
  };
}

/** The first part cannot be sent as a whole: its lower half comes first. */
export function halve(plan: Plan): Plan {
  const [{ lo, hi }, ...rest] = plan.parts;
  const middle = Math.floor((lo + hi) / 2);
  return { ...plan, sends: 0, parts: [{ lo, hi: middle }, { lo: middle + 1, hi }, ...rest] };
}

/** The first part has no readings: they are damaged, or were given up. */
export function withoutFirst(plan: Plan): Plan {
  return { ...plan, sends: 0, parts: plan.parts.slice(1) };
}

/** The first part has one reading and was rejected: it is set aside, and the next one is tried. */
export function setAside(plan: Plan, rejected: Rejected): Plan {
  return { ...withoutFirst(plan), aside: [...plan.aside, rejected] };
}

/** The complete report from the first reading that was not counted: used after a hold. */
export function fromTheStart(plan: Plan, last: number): Plan {
  const lo = Math.min(plan.parts[0]?.lo ?? Infinity, ...plan.aside.map(({ id }) => id));
  return { ...plan, aside: [], sends: 0, parts: [{ lo, hi: last }] };
}

/** The reason for holding a streamer because of an unexplained `last_id`. */
export function conflictReason(lastId: number, confirmed: number): string {
  return `last_id is ${lastId}, ${confirmed} was confirmed last, and no report explains the difference: ` +
    "something else uploads to this streamer, or this queue was restored from a backup";
}
