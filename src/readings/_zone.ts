/**
 * Converts local times of a named zone to UTC by the rules of the runtime: Temporal if it exists, otherwise Intl.
 *
 * A zone is a sequence of segments, each with one offset. A local time is in one segment, in none (the hour that is
 * skipped when summer time begins) or in two (the hour that repeats).
 *
 * @module
 */

/** A period with one offset, in milliseconds: `from` and `to` in UTC, `offset` east of it. */
interface ZoneSegment {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const DAY = 86_400_000;
/** No place has ever been further from UTC than this. */
const FURTHEST = 26 * 3_600_000;
/** How far to look for the next change with Intl, and in which steps: shorter periods do not occur. */
const INTL_REACH = 800 * DAY;
const INTL_STEP = 3 * DAY;

/** The times in UTC of a local time, the earlier first. */
type LocalTimes = readonly number[];

interface TemporalZoned {
  readonly offsetNanoseconds: number;
  getTimeZoneTransition(direction: "next" | "previous"): TemporalZoned | null;
  readonly epochMilliseconds: number;
}

interface TemporalApi {
  Instant: {
    fromEpochMilliseconds(ms: number): { toZonedDateTimeISO(zone: string): TemporalZoned };
  };
}

interface Globals {
  readonly Intl: unknown;
  readonly Temporal?: TemporalApi;
}

/** The source of the rules. */
export function zoneRules(): "Temporal" | "Intl" {
  return temporal() ? "Temporal" : "Intl";
}

function temporal(): TemporalApi | undefined {
  const globals: Globals = globalThis;
  return globals.Temporal;
}

/** A time zone: an IANA name or a fixed offset. */
export class Zone {
  readonly #segmentAt: (ms: number) => ZoneSegment;
  #segments: ZoneSegment[] = [];
  /** Whether it is an offset, without rules. */
  readonly isFixed: boolean;

  /**
   * @param name `Europe/Berlin`, `UTC`, `+01:00`.
   * @param withTemporal Whether Temporal may be used.
   * @throws {RangeError} If the zone is unknown.
   */
  constructor(name: string, withTemporal = true) {
    const fixed = /^(?:Z|([+-])(\d\d):?(\d\d)?)$/.exec(name);
    this.isFixed = fixed !== null || /^(?:Etc\/)?(?:UTC|GMT|UCT|Universal|Zulu)$/i.test(name);
    if (fixed) {
      const minutes = Number(fixed[2] ?? 0) * 60 + Number(fixed[3] ?? 0);
      if (minutes >= 24 * 60 || Number(fixed[3] ?? 0) > 59) throw new RangeError(name);
      const offset = (fixed[1] === "-" ? -minutes : minutes) * 60_000;
      this.#segmentAt = () => ({ from: -Infinity, to: Infinity, offset });
      return;
    }
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    const api = withTemporal ? temporal() : undefined;
    const zone = format.resolvedOptions().timeZone;
    this.#segmentAt = api
      ? (ms) => temporalSegment(api, zone, ms)
      : (ms) => intlSegment((at) => intlOffset(format, at), ms);
  }

  /** The segment of a time in UTC; segments are kept. */
  segment(ms: number): ZoneSegment {
    let found = this.#segments.find(({ from, to }) => ms >= from && ms < to);
    if (!found) {
      found = this.#segmentAt(ms);
      // The segments that were used last are enough for a file of any length.
      this.#segments = [found, ...this.#segments.slice(0, 63)];
    }
    return found;
  }

  /** The times in UTC of a local time, both in milliseconds: none, one or two. */
  toUtc(local: number): LocalTimes {
    const times: number[] = [];
    for (let at = local - FURTHEST; at < local + FURTHEST;) {
      const { from, to, offset } = this.segment(at);
      const utc = local - offset;
      // Segments from Intl may overlap if their ends are not known exactly.
      if (utc >= from && utc < to && !times.includes(utc)) times.push(utc);
      at = to;
    }
    return times;
  }

  /** The local times around a time that exists once, which have the same offset and exist once. */
  range(local: number): { from: number; to: number; offset: number } | undefined {
    const [utc, second] = this.toUtc(local);
    if (utc === undefined || second !== undefined) return undefined;
    const { from, to, offset } = this.segment(utc);
    const before = Number.isFinite(from) ? this.segment(from - 1).offset : offset;
    const after = Number.isFinite(to) ? this.segment(to).offset : offset;
    return { from: from + Math.max(offset, before), to: to + Math.min(offset, after), offset };
  }
}

function temporalSegment(api: TemporalApi, zone: string, ms: number): ZoneSegment {
  const at = api.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const next = at.getTimeZoneTransition("next");
  const previous = api.Instant.fromEpochMilliseconds(ms + 1).toZonedDateTimeISO(zone)
    .getTimeZoneTransition("previous");
  return {
    from: previous?.epochMilliseconds ?? -Infinity,
    to: next?.epochMilliseconds ?? Infinity,
    offset: at.offsetNanoseconds / 1e6,
  };
}

function intlOffset(format: Intl.DateTimeFormat, ms: number): number {
  const seconds = Math.floor(ms / 1000) * 1000;
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(seconds)) parts[type] = value;
  const year = parts.era === "BC" ? 1 - Number(parts.year) : Number(parts.year);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return local.getTime() - seconds;
}

function intlSegment(offsetAt: (ms: number) => number, ms: number): ZoneSegment {
  const at = Math.floor(ms / 1000) * 1000;
  const offset = offsetAt(at);
  /** The change between a time with this offset and a time with another offset, to the second. */
  const change = (same: number, other: number): number => {
    while (Math.abs(other - same) > 1000) {
      const middle = Math.floor((same + other) / 2000) * 1000;
      if (offsetAt(middle) === offset) same = middle;
      else other = middle;
    }
    return Math.max(same, other);
  };
  const look = (step: number): number => {
    let same = at;
    for (let next = at + step; Math.abs(next - at) <= INTL_REACH; next += step) {
      if (offsetAt(next) !== offset) return change(same, next);
      same = next;
    }
    return same;
  };
  return { from: look(-INTL_STEP), to: look(INTL_STEP), offset };
}
