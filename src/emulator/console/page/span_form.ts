/// <reference lib="dom" />
/**
 * Which readings of a stream are shown: the last ones, or those between two times.
 *
 * @module
 */
import { el } from "../../../inspector/dom.ts";
import { count } from "../../../inspector/format.ts";
import type { Wanted } from "./stream_readings.ts";

/** How many of the last readings can be chosen; the API gives at most the last 100,000. */
const LAST = [1000, 10_000, 100_000];

/** The choice at the start. */
const USUAL = 10_000;

/** The form on the page. */
interface SpanForm {
  readonly element: HTMLElement;
  /** Show which readings are chosen. */
  set(wanted: Wanted): void;
}

/** Make the form; `onChange` is called with the chosen readings. */
export function spanForm(onChange: (wanted: Wanted) => void): SpanForm {
  const input = (label: string) =>
    el("input", { type: "datetime-local", step: 1, "aria-label": label, required: true });
  const [start, end] = [input("From (UTC)"), input("To (UTC), not included")];
  const kind = el("select", {
    "aria-label": "Which readings",
    onchange: () => {
      range.hidden = kind.value !== "range";
      if (kind.value !== "range") onChange({ last: Number(kind.value) });
      else start.focus();
    },
  });
  for (const last of LAST) kind.append(el("option", { value: last }, `last ${count(last)}`));
  kind.append(el("option", { value: "range" }, "between two times"));
  const range = el(
    "form.span-range",
    { hidden: true },
    start,
    el("span", {}, "to"),
    end,
    el("span.muted", {}, "UTC"),
    el("button", { type: "submit" }, "Show"),
  );
  range.addEventListener("submit", (event) => {
    event.preventDefault();
    onChange({ start: iso(start.value), end: iso(end.value) });
  });
  return {
    element: el("div.span-form", {}, kind, range),
    set(wanted) {
      range.hidden = "last" in wanted;
      if ("last" in wanted) kind.value = String(wanted.last);
      else {
        kind.value = "range";
        [start.value, end.value] = [wanted.start.replace("Z", ""), wanted.end.replace("Z", "")];
      }
    },
  };
}

/** The form's text for a time has no zone, and no seconds if they are 0. */
function iso(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}Z`;
}

/** The choice as text for the address; null for the default. */
export function spanText(wanted: Wanted): string | null {
  if (!("last" in wanted)) return `${wanted.start},${wanted.end}`;
  return wanted.last === USUAL ? null : String(wanted.last);
}

/** Parses the choice from the address. */
export function spanOf(text: string | null): Wanted {
  const [start, end] = (text ?? "").split(",");
  if (end !== undefined && [start, end].every((one) => !Number.isNaN(Date.parse(one)))) {
    return { start, end };
  }
  return { last: LAST.includes(Number(text)) ? Number(text) : USUAL };
}
