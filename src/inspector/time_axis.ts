/**
 * The time axis: the positions and labels of its ticks, so that no two labels touch or repeat.
 *
 * @module
 */
import { time } from "./format.ts";

/** A tick of the axis. */
interface TimeTick {
  /** Seconds since the Unix epoch. */
  readonly at: number;
  /** Time of day or date; the date is on a second line if it changes. */
  readonly label: string;
}

const SECOND = 1e6, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/** Distances between ticks in µs: decimal below a second, otherwise parts of a minute, an hour or a day. */
const STEPS: readonly number[] = [
  ...[1, 10, 100, 1e3, 1e4, 1e5].flatMap((power) => [power, 2 * power, 5 * power]),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6]
    .map((days) => days * DAY),
];

/** Width of a character of the axis and of the space between two labels, in pixels. */
const CHARACTER = 6.8, ROOM = 14;

/** Characters of a date. */
const DATE = 10;

/** Digits after the second that ticks at a distance need. */
function fraction(step: number): 0 | 3 | 6 {
  return step % SECOND === 0 ? 0 : step % 1000 === 0 ? 3 : 6;
}

function clockLength(step: number): number {
  if (step >= DAY) return DATE;
  if (step >= MINUTE) return 5;
  const digits = fraction(step);
  return digits === 0 ? 8 : 9 + digits;
}

/**
 * The ticks of a range.
 *
 * @param from start in seconds since the Unix epoch
 * @param to end
 * @param width width of the range in pixels
 */
export function timeTicks(from: number, to: number, width: number): TimeTick[] {
  const first = Math.round(from * 1e6), last = Math.round(to * 1e6);
  const room = (step: number) => step / Math.max(1, last - first) * width;
  // A date may be below any time of day, so the date has to fit.
  const step =
    STEPS.find((step) => room(step) >= Math.max(DATE, clockLength(step)) * CHARACTER + ROOM) ??
      STEPS[STEPS.length - 1];
  const ticks: TimeTick[] = [];
  let day = "";
  for (let micros = Math.ceil(first / step) * step; micros <= last; micros += step) {
    const [date, clock] = time(BigInt(micros), fraction(step)).split(" ");
    const label = step >= DAY ? date : clock.slice(0, clockLength(step));
    ticks.push({
      at: micros / 1e6,
      label: step >= DAY || date === day ? label : `${label}\n${date}`,
    });
    day = date;
  }
  return ticks;
}
