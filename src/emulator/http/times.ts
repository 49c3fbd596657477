/** Times of the API: ISO 8601 in UTC with `Z`, microseconds where there are any. */

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * Reads a time. One without a zone is in UTC.
 *
 * @param text The text of a query parameter or a field.
 * @returns Microseconds since the Unix epoch, or `undefined` if the text is not a valid time.
 */
export function parseTime(text: string): bigint | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] =
    match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (Number(year) < 1 || date.getUTCMonth() !== Number(month) - 1 || Number(day) < 1) {
    return undefined;
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const milliseconds = date.getTime() - offset * 60_000;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

/** Minutes east of UTC. */
function zoneMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** The text of a time given as whole seconds and microseconds since the Unix epoch. */
export function formatTime(seconds: number, micros: number): string {
  if (micros < 0) {
    seconds -= 1;
    micros += 1_000_000;
  }
  const text = new Date(seconds * 1000).toISOString();
  const base = text.slice(0, text.length - 5);
  return micros === 0 ? `${base}Z` : `${base}.${String(micros).padStart(6, "0")}Z`;
}

/** The text of a time given in microseconds since the Unix epoch. */
export function formatMicros(micros: bigint | number): string {
  const value = BigInt(micros);
  return formatTime(Number(value / 1_000_000n), Number(value % 1_000_000n));
}

/** The text of a time given in milliseconds since the Unix epoch. */
export function formatMillis(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  return formatTime(seconds, Math.round((millis - seconds * 1000) * 1000));
}
