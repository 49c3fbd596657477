/**
 * Reads lengths of time in the forms that people write: `90s`, `15m`, `2h`, `1h30m`, `7d`.
 *
 * @module
 */

const MICROS: Readonly<Record<string, number>> = {
  ms: 1e3,
  s: 1e6,
  m: 60e6,
  h: 3600e6,
  d: 86400e6,
  w: 7 * 86400e6,
};

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

/** The form of a length of time, for errors. */
export const DURATION_FORM = "a length of time like 90s, 15m, 2h, 1h30m or 7d";

/** The longest length of time that is accepted: ten thousand years. */
const MOST = 1e4 * 366 * 86400e6;

/**
 * Reads a length of time.
 *
 * @param text Numbers with their units, one after another: `ms`, `s`, `m` (minutes), `h`, `d`, `w`.
 * @returns The microseconds, above 0; `undefined` for other text.
 */
export function durationMicros(text: string): bigint | undefined {
  if (!DURATION.test(text)) return undefined;
  let micros = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    micros += Number(count) * MICROS[unit]!;
  }
  return micros >= 1 && micros <= MOST ? BigInt(Math.round(micros)) : undefined;
}
