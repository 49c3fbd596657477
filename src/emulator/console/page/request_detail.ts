/// <reference lib="dom" />
/**
 * All details of one request: request, response, the faults that affected it, and how to repeat it.
 *
 * @module
 */
import { type Child, el } from "../../../inspector/dom.ts";
import { count, duration, size } from "../../../inspector/format.ts";
import { copyButton } from "./commands.ts";
import { describe } from "./fault_panel.ts";
import type { RequestEvent } from "./live.ts";

/** Show a request; `onClose` is called when the user closes it. */
export function requestDetail(request: RequestEvent, onClose: () => void): HTMLElement {
  const { method, path, query, status, at, milliseconds, errorBody } = request;
  const end = new Date(Date.parse(at) + milliseconds).toISOString();
  const fact = (name: string, ...value: Child[]) =>
    el("div.fact", {}, el("dt", {}, name), el("dd", {}, ...value));
  const curl = curlOf(request);
  return el(
    "section.card.request-detail",
    { "aria-label": `Request ${request.id}`, tabindex: "-1" },
    el(
      "div.card-head",
      {},
      el("h2.section.mono", {}, `${method} ${path}`),
      el("button", { type: "button", onclick: onClose }, "Close"),
    ),
    el(
      "dl.facts",
      {},
      fact("Status", status === 0 ? "0: the connection was cut" : String(status)),
      fact("Began (UTC)", stamp(at)),
      fact("Ended (UTC)", stamp(end)),
      fact("Took", duration(milliseconds)),
      fact("Sent", ...bytes(request.requestBytes)),
      fact("Received", ...bytes(request.responseBytes)),
      fact("Account", request.account ?? "none"),
      request.parts.length > 0 && fact("Parts", request.parts.join(", ")),
    ),
    request.struck.length > 0 && block(
      "Faults that affected it",
      el("ul", {}, ...request.struck.map((fault) => el("li", {}, describe(fault)))),
    ),
    request.error !== undefined && block("Error inside the emulator", el("pre", {}, request.error)),
    query !== "" && block("Query", pairs([...new URLSearchParams(query)])),
    errorBody !== null && block("Body of the response", el("pre", {}, pretty(errorBody))),
    block("Request headers", pairs(Object.entries(request.requestHeaders))),
    status !== 0 && block("Response headers", pairs(Object.entries(request.responseHeaders))),
    block(
      "Repeat it",
      el("pre", {}, curl),
      copyButton(() => curl, "Copy as curl", "Copy as curl"),
    ),
  );
}

/** A time to the ms. */
function stamp(iso: string): string {
  return new Date(iso).toISOString().replace("T", " ").slice(0, -1);
}

function bytes(length: number): Child[] {
  return [`${count(length)} B`, length >= 1000 && el("small", {}, size(length))];
}

function block(title: string, ...children: Child[]): HTMLElement {
  return el("div.block", {}, el("h3", {}, title), ...children);
}

function pairs(list: readonly (readonly [string, string])[]): HTMLElement {
  if (list.length === 0) return el("p.muted", {}, "none");
  return el(
    "dl.pairs",
    {},
    ...list.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}

/** JSON with line breaks; anything else unchanged. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Headers that curl sets itself. */
const OWN = new Set([
  "host",
  "content-length",
  "connection",
  "accept-encoding",
  "transfer-encoding",
  "user-agent",
  "accept",
  "accept-language",
]);

/** The request as a command. The token is a shell variable, because the log never contains it. */
function curlOf({ method, path, query, requestHeaders, parts }: RequestEvent): string {
  const words = ["curl", quoted(`${location.origin}${path}${query === "" ? "" : `?${query}`}`)];
  if (method !== "GET") words.push("-X", method);
  for (const [name, value] of Object.entries(requestHeaders)) {
    if (OWN.has(name)) continue;
    if (name === "authorization") {
      words.push(
        "-H",
        `"Authorization: ${value.replace("[redacted]", "$TOKEN").replaceAll('"', "")}"`,
      );
    } else if (name === "content-type") {
      // curl sets the boundary of a multipart body itself.
      if (!value.startsWith("multipart/")) words.push("-H", quoted(`Content-Type: ${value}`));
    } else if (value !== "[redacted]") words.push("-H", quoted(`${name}: ${value}`));
  }
  for (const part of parts) {
    const [name, file] = part.split("=");
    words.push("-F", quoted(file === undefined ? `${name}=...` : `${name}=@${file}`));
  }
  if (parts.length === 0 && !["GET", "HEAD", "DELETE"].includes(method)) {
    words.push("-d", "@body.json");
  }
  return words.join(" ");
}

/** A quoted word for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
