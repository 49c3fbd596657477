/**
 * Patterns of `strptime`, which match like Python's `datetime.strptime`, with the directives that timestamps need.
 * `%L`, which Python does not have, is for milliseconds without leading zeros, which some controllers write.
 *
 * @module
 */

/** The parts of a time that a pattern reads. */
interface TimeParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Microseconds; digits below the microsecond are cut off. */
  micros: number;
  /** Seconds east of UTC; undefined if the text has no offset. */
  offset: number | undefined;
  /** The day of the year, 0 if the pattern does not read it. */
  yearDay: number;
}

/** One step of a pattern: a directive's letter, a literal character in lower case, or white space. */
export type PatternStep =
  | { readonly directive: string }
  | { readonly literal: string }
  | { readonly space: true };

/** The supported directives. */
const DIRECTIVES = "YymdHIMSfLzbpj";

/** The ranges of the directives for numbers. */
const RANGES: Record<string, readonly [least: number, most: number]> = {
  m: [1, 12],
  d: [1, 31],
  H: [0, 23],
  I: [1, 12],
  M: [0, 59],
  S: [0, 61],
};

/** The names of months that `%b` reads. */
const MONTHS = [
  ...["jan", "feb", "mar", "apr", "may", "jun"],
  ...["jul", "aug", "sep", "oct", "nov", "dec"],
];

/** The steps of a pattern; or, for an invalid pattern, what it must be. */
export function compilePattern(pattern: string): PatternStep[] | string {
  const steps: PatternStep[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (/\s/.test(char)) {
      while (/\s/.test(pattern[at + 1] ?? "")) at++;
      steps.push({ space: true });
    } else if (char !== "%") {
      steps.push({ literal: char.toLowerCase() });
    } else {
      const directive = pattern[++at];
      if (directive === "%") steps.push({ literal: "%" });
      else if (directive === undefined) return "a pattern that does not end in a single %";
      else if (!DIRECTIVES.includes(directive)) {
        return `a pattern of %${[...DIRECTIVES].join(" %")} and %%, without %${directive}`;
      } else if (seen.has(directive)) return `a pattern that has %${directive} only once`;
      else {
        seen.add(directive);
        steps.push({ directive });
      }
    }
  }
  if (seen.has("Y") === seen.has("y")) return "a pattern with either %Y or %y";
  if ((seen.has("m") && seen.has("b")) || (seen.has("H") && seen.has("I"))) {
    return "a pattern that has month and hour only once";
  }
  if (seen.has("f") && seen.has("L")) return "a pattern with either %f or %L";
  return steps;
}

/** Matches a whole text against a pattern, like the regular expressions of Python. */
export function matchPattern(steps: readonly PatternStep[], text: string): TimeParts | undefined {
  const parts: TimeParts = {
    year: 1900,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    micros: 0,
    offset: undefined,
    yearDay: 0,
  };
  let half = -1;
  let twelve = false;
  /** Matches from a step and a place on; the first combination that reaches the end counts. */
  const match = (step: number, at: number): boolean => {
    if (step === steps.length) return at === text.length;
    const current = steps[step];
    if ("space" in current) {
      let end = at;
      while (/\s/.test(text[end] ?? "")) end++;
      for (; end > at; end--) if (match(step + 1, end)) return true;
      return false;
    }
    if ("literal" in current) {
      return (text[at] ?? "").toLowerCase() === current.literal && match(step + 1, at + 1);
    }
    for (const length of candidates(current.directive, text, at)) {
      if (take(current.directive, text.slice(at, at + length)) && match(step + 1, at + length)) {
        return true;
      }
    }
    return false;
  };
  const take = (directive: string, found: string): boolean => {
    const number = Number(found);
    switch (directive) {
      case "Y":
        parts.year = number;
        break;
      case "y":
        parts.year = number + (number < 69 ? 2000 : 1900);
        break;
      case "m":
        parts.month = number;
        break;
      case "b":
        parts.month = MONTHS.indexOf(found.toLowerCase()) + 1;
        break;
      case "d":
        parts.day = number;
        break;
      case "j":
        parts.yearDay = number;
        break;
      case "H":
        parts.hour = number;
        twelve = false;
        break;
      case "I":
        parts.hour = number;
        twelve = true;
        break;
      case "p":
        half = /^p/i.test(found) ? 1 : 0;
        break;
      case "M":
        parts.minute = number;
        break;
      case "S":
        parts.second = number;
        break;
      case "f":
        parts.micros = Number(found.padEnd(6, "0").slice(0, 6));
        break;
      case "L":
        parts.micros = number * 1000;
        break;
      default:
        parts.offset = offsetSeconds(found);
    }
    return true;
  };
  if (!match(0, 0)) return undefined;
  if (twelve) parts.hour = parts.hour % 12 + (half === 1 ? 12 : 0);
  return parts;
}

/** The lengths that a directive can have at a place, in the order in which they are tried. */
function candidates(directive: string, text: string, at: number): number[] {
  const rest = text.slice(at, at + 10);
  if (directive === "Y") return /^\d{4}/.test(rest) ? [4] : [];
  if (directive === "y") return /^\d\d/.test(rest) ? [2] : [];
  if (directive === "b") return MONTHS.includes(rest.slice(0, 3).toLowerCase()) ? [3] : [];
  if (directive === "p") return /^[ap]m/i.test(rest) ? [2] : [];
  if (directive === "L") {
    const length = /^\d{0,3}/.exec(rest)![0].length;
    return Array.from({ length }, (_, i) => length - i);
  }
  if (directive === "f") {
    const length = /^\d{0,9}/.exec(rest)![0].length;
    return Array.from({ length }, (_, i) => length - i);
  }
  if (directive === "z") {
    if (rest[0] === "Z") return [1];
    const match = /^[+-]\d\d(?::?([0-5]\d))?/.exec(rest);
    if (!match) return [];
    return match[1] === undefined ? [3] : [match[0].length, 3];
  }
  if (directive === "j") {
    return [3, 2, 1].filter((length) => {
      const digits = rest.slice(0, length);
      return digits.length === length && /^\d+$/.test(digits) && Number(digits) >= 1 &&
        Number(digits) <= 366;
    });
  }
  const [least, most] = RANGES[directive];
  return [2, 1].filter((length) => {
    const digits = rest.slice(0, length);
    if (directive === "d" && /^ [1-9]$/.test(digits)) return true;
    return digits.length === length && /^\d+$/.test(digits) && Number(digits) >= least &&
      Number(digits) <= most;
  });
}

/** Reads `Z`, `±hh`, `±hhmm` or `±hh:mm` as seconds. */
export function offsetSeconds(text: string): number {
  if (text === "Z") return 0;
  const digits = text.slice(1).replace(":", "");
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2) || 0) * 60;
  return text[0] === "-" ? -seconds : seconds;
}
