/// <reference lib="dom" />
/**
 * The header of a report, and its problems.
 *
 * @module
 */
import { el } from "./dom.ts";
import { count, counted, duration, time } from "./format.ts";
import type { Overview, ProblemFacts } from "./protocol.ts";

/** The number of problems that are shown before the rest is folded. */
const SHOWN = 5;

/** The header of a report as a list of terms. */
export function facts(overview: Overview): HTMLElement {
  const { first, last, fraction, sent } = overview;
  const term = (name: string, value: string, note = "") =>
    el(
      "div.fact",
      {},
      el("dt", {}, name),
      el("dd", {}, value, note !== "" && el("small", {}, note)),
    );
  return el(
    "dl.card.facts",
    {},
    term("Device", overview.device),
    term("Streamer", overview.streamer),
    term("Selector", overview.selector),
    term("Report id", overview.reportId),
    term(
      "Readings",
      overview.truncated === null
        ? count(overview.readings)
        : `${count(overview.readings)} of ${count(overview.truncated.announced)}`,
      counted(overview.streams.length, "stream"),
    ),
    term("Reading ids", `${overview.lowestId} \u2013 ${overview.highestId}`),
    term("Sent (UTC)", sent === null ? "not given" : time(sent, 3)),
    term("First reading (UTC)", first === null ? "\u2014" : time(first, fraction)),
    term("Last reading (UTC)", last === null ? "\u2014" : time(last, fraction)),
    term(
      "Time span",
      first === null || last === null ? "\u2014" : duration(Number(last - first) / 1000),
    ),
  );
}

/**
 * The problems of a report.
 *
 * @param overview the report
 * @param goTo called with the position of the reading that a problem is about
 */
export function problemList(overview: Overview, goTo: (position: number) => void): HTMLElement {
  const { problems, truncated } = overview;
  if (truncated !== null) {
    const text = `This report was cut off: it announces ${
      counted(truncated.announced, "reading")
    }, contains ${
      counted(overview.readings, "complete one")
    }. These are shown; the cloud rejects the report.`;
    return el(
      "div.problem-cards",
      {},
      el(
        "div.card.failed",
        { role: "alert" },
        el("h3", {}, "Incomplete report"),
        el("p", {}, text),
      ),
      problemList({ ...overview, truncated: null }, goTo),
    );
  }
  if (problems.length === 0) {
    return el(
      "section.card.problems.fine",
      { "aria-label": "Problems" },
      el("p", {}, el("span.mark", { "aria-hidden": "true" }, "\u2713"), " No problems found"),
    );
  }
  const item = (problem: ProblemFacts) =>
    el(
      "li",
      {},
      el(`span.tag.${problem.severity}`, {}, problem.severity),
      el("span", {}, problem.message),
      problem.row !== null && el(
        "button.link",
        { type: "button", onclick: () => goTo(problem.row!) },
        `${problem.count > 1 ? "first: " : ""}reading ${count(problem.row + 1)}`,
      ),
    );
  return el(
    "section.card.problems",
    { "aria-label": "Problems" },
    el("h3", {}, counted(problems.length, "problem")),
    el("ul", {}, ...problems.slice(0, SHOWN).map(item)),
    problems.length > SHOWN && el(
      "details",
      {},
      el("summary", {}, `${count(problems.length - SHOWN)} more`),
      el("ul", {}, ...problems.slice(SHOWN, 500).map(item)),
    ),
  );
}
