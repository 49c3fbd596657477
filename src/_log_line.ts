/**
 * Formats a log record as one line, in the form of the Python package's scripts.
 *
 * @module
 */
import { printable } from "./_printable.ts";
import type { LogRecord } from "@logtape/logtape";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `[23/Nov/2026 12:00:00] INFO   message`, in local time. */
export function formatLogLine(record: LogRecord): string {
  const at = new Date(record.timestamp);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(at.getDate())}/${MONTHS[at.getMonth()]}/${at.getFullYear()}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  // The literal parts are text of the program; the values between them may come from a server.
  const message = record.message
    .map((part, index) => index % 2 === 0 ? part : printable(String(part)))
    .join("");
  return `[${day} ${clock}] ${record.level.toUpperCase().padEnd(6)} ${message}\n`;
}
