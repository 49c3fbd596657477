/**
 * The header Retry-After in all its forms (RFC 9110, 10.2.3): seconds, or a date in one of three shapes.
 *
 * @module
 */

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const IMF = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const RFC850 = /^\w+, (\d\d)-(\w{3})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
const ASCTIME = /^\w{3} (\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

/**
 * How long the server asks to wait, in milliseconds. A date is compared with the server's own `Date` header if
 * there is one, so that a difference between the clocks does not shorten the wait.
 */
export function retryAfterMs(headers: Headers, now: number = Date.now()): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const until = httpDate(text);
  if (until === undefined) return undefined;
  const from = httpDate(headers.get("date")?.trim() ?? "") ?? now;
  return Math.max(0, until - from);
}

function httpDate(text: string): number | undefined {
  let parts: string[] | null;
  if ((parts = IMF.exec(text))) return utc(parts[3], parts[2], parts[1], parts.slice(4));
  if ((parts = RFC850.exec(text))) {
    return utc(century(parts[3]), parts[2], parts[1], parts.slice(4));
  }
  if ((parts = ASCTIME.exec(text))) return utc(parts[6], parts[1], parts[2], parts.slice(3, 6));
  return undefined;
}

/** A year of two digits is within fifty years of now (RFC 9110, 5.6.7). */
function century(digits: string): string {
  const thisYear = new Date().getUTCFullYear();
  const year = Math.floor(thisYear / 100) * 100 + Number(digits);
  return String(year > thisYear + 50 ? year - 100 : year);
}

function utc(year: string, month: string, day: string, time: string[]): number | undefined {
  const index = MONTHS.indexOf(month);
  if (index < 0 || index % 3) return undefined;
  const [hours, minutes, seconds] = time.map(Number);
  // 60 is a leap second, which the grammar of the date allows.
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const midnight = new Date(Date.UTC(+year, index / 3, +day));
  // Date.UTC would turn 32 December into 1 January.
  if (midnight.getUTCDate() !== +day) return undefined;
  return midnight.getTime() + (hours * 60 + minutes) * 60_000 + seconds * 1000;
}
