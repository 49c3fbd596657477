/// <reference lib="dom" />
/**
 * The form for a fault; its fields depend on the kind.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import type { FaultSpec } from "../../control/faults.ts";

type Kind = FaultSpec["kind"];

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "number" | "text" | "url";
  readonly value?: string;
  readonly options?: readonly (readonly [value: string, label: string])[];
}

const KINDS: readonly (readonly [Kind, string, readonly Field[]])[] = [
  ["status", "Respond with a status", [
    { name: "status", label: "Status", type: "number", value: "503" },
    { name: "retryAfter", label: "Retry-After, s", type: "number" },
  ]],
  ["delay", "Delay", [{ name: "milliseconds", label: "Delay, ms", type: "number", value: "1000" }]],
  ["drop", "Cut the connection", [{
    name: "phase",
    label: "When",
    type: "text",
    options: [
      ["before", "before the work"],
      ["during", "halfway through the body"],
      ["after", "after the work"],
      ["answer", "halfway through the response"],
    ],
  }]],
  ["next", "Links of lists to a wrong host", [
    { name: "origin", label: "Origin", type: "url", value: "http://other.example" },
  ]],
  ["redirect", "Redirect to another origin", [
    { name: "origin", label: "Origin", type: "url", value: "http://other.example" },
    { name: "status", label: "Status", type: "number", value: "302" },
  ]],
  ["expired-token", "Access token has expired", []],
  ["worker-fails", "Report is never counted", []],
  ["read-only", "Store is read-only", []],
  ["disk-full", "Disk is full", []],
];

/** Faults that affect every call. */
const OF_STORE: readonly string[] = ["read-only", "disk-full"];

const TARGET: readonly Field[] = [
  {
    name: "method",
    label: "Method",
    type: "text",
    options: [
      ["", "any"],
      ...["GET", "POST", "PUT", "PATCH", "DELETE"].map((m) => [m, m] as const),
    ],
  },
  { name: "path", label: "Path begins with", type: "text" },
  { name: "times", label: "Calls (empty: every)", type: "number", value: "1" },
  { name: "after", label: "After calls", type: "number", value: "0" },
];

/** Make the form. `onSet` is called with the values of the form. */
export function faultForm(onSet: (spec: FaultSpec) => void): HTMLFormElement {
  const own = el("div.fields");
  const target = el("div.fields", {}, ...TARGET.map(field));
  const kind = el("select", { id: "fault-kind", onchange: () => draw() });
  for (const [value, label] of KINDS) kind.append(el("option", { value }, label));

  function draw(): void {
    const [, , fields] = KINDS.find(([value]) => value === kind.value)!;
    fill(own, ...fields.map(field));
    target.hidden = OF_STORE.includes(kind.value);
  }

  const form = el(
    "form.fault-form",
    {},
    el(
      "div.fields",
      {},
      el("label.field", { for: "fault-kind" }, el("span", {}, "What goes wrong"), kind),
    ),
    own,
    target,
    el("button.primary", { type: "submit" }, "Set the fault"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [chosen] = KINDS.find(([name]) => name === kind.value)!;
    onSet(specOf(new FormData(form), chosen));
  });
  draw();
  return form;
}

function field({ name, label, type, value, options }: Field): HTMLElement {
  const id = `fault-${name}`;
  const input = options === undefined
    ? el("input", { id, name, type, value, min: type === "number" ? 0 : undefined })
    : el("select", { id, name });
  for (const [key, text] of options ?? []) input.append(el("option", { value: key }, text));
  return el("label.field", { for: id }, el("span", {}, label), input);
}

/** The fields that were filled in. */
function specOf(data: FormData, kind: Kind): FaultSpec {
  const spec: Record<string, unknown> = { kind };
  const numbers = ["status", "retryAfter", "milliseconds", "times", "after"];
  for (const [name, value] of data) {
    if (OF_STORE.includes(kind)) continue;
    if (value !== "") spec[name] = numbers.includes(name) ? Number(value) : value;
    else if (name === "times") spec.times = "always";
  }
  return spec as unknown as FaultSpec;
}
