/**
 * Scales of values: round ticks and their labels, for the charts of the command and of the pages.
 *
 * @module
 */
import { axisLabels } from "./_number_text.ts";

/** A scale of values: its ends and the round numbers on it. */
interface ValueScale {
  low: number;
  high: number;
  ticks: number[];
  /** A label for each of these numbers; all are different. */
  labels: string[];
}

/** A scale that contains the range and begins and ends with round numbers. */
export function valueScale(low: number, high: number, ticks: number): ValueScale {
  const scale = unlabelled(low, high, ticks);
  return { ...scale, labels: axisLabels(scale.ticks) };
}

function unlabelled(low: number, high: number, ticks: number): Omit<ValueScale, "labels"> {
  let [bottom, top] = [low, high];
  // Below this size, the powers of ten are not exact.
  if (top - bottom < 1e-300) {
    const tenth = Math.abs(bottom) * 0.1;
    const room = tenth < 1e-300 ? 1 : tenth;
    [bottom, top] = [
      Math.max(-Number.MAX_VALUE, bottom - room),
      Math.min(Number.MAX_VALUE, top + room),
    ];
  }
  const unrounded = {
    low: bottom,
    high: top,
    ticks: [bottom, bottom / 2 + top / 2, top],
  };
  // Larger round ends would be infinite.
  if (Math.max(-bottom, top) > Number.MAX_VALUE / 8) return unrounded;
  const rough = (top - bottom) / Math.max(1, ticks);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((it) => it * power).find((it) => it >= rough * 0.999999) ??
    rough;
  const first = Math.floor(bottom / step);
  const count = Math.max(1, Math.ceil(top / step) - first);
  const [scaleLow, scaleHigh] = [first * step, (first + count) * step];
  // A range of a few units in the last place contains no round numbers.
  if (!(scaleHigh - scaleLow >= (top - bottom) * 0.99)) return unrounded;
  return {
    low: scaleLow,
    high: scaleHigh,
    ticks: Array.from({ length: count + 1 }, (_, index) => (first + index) * step),
  };
}

/** The position of a value on a scale: 0 at its lower end, 1 at its upper end. */
export function position(value: number, scale: ValueScale): number {
  // Halved first, because the difference itself may be infinite.
  return (value / 2 - scale.low / 2) / (scale.high / 2 - scale.low / 2);
}
