/**
 * Makes the plan by which WebAssembly reads the plain rows of a text.
 *
 * @module
 */
import { CsvKernel, type TimePlan } from "../codec/csv_kernel.ts";
import type { ReadingStage } from "../codec/reading_stage.ts";
import type { CsvLayout } from "./_csv_layout.ts";
import type { Dialect } from "./_csv_record.ts";
import { numberOf } from "./_number_text.ts";
import type { ReadPlan } from "./_plan.ts";
import { compilePattern } from "./_strptime.ts";

/** The code of %S in a pattern, since the letter S means white space. */
const SECONDS = 0xd3;

/** A kernel for the plain rows of a text; undefined if all rows must be read here. */
export function csvKernel(
  plan: ReadPlan,
  layout: CsvLayout,
  dialect: Dialect,
  stage: ReadingStage,
): CsvKernel | undefined {
  const time = timePlan(plan.timeFormats?.[0] ?? "iso");
  const isOdd = time === undefined ||
    // Not supported: devices in streams, tags or the map; ids that must agree; words for numbers.
    (stage.withDevices && layout.device < 0) ||
    layout.map.some(({ device }) => device !== undefined) ||
    [...plan.tags?.values() ?? []].some(({ device }) => device !== undefined) ||
    (layout.id >= 0 && plan.idStep !== 0n) ||
    [...plan.words.keys()].some((word) => !Number.isNaN(numberOf(word, plan.number)));
  if (isOdd) return undefined;
  const range = stage.range;
  return CsvKernel.for({
    ...dialect,
    width: layout.width,
    times: layout.times,
    value: layout.value,
    stream: layout.stream,
    id: layout.id,
    device: layout.device,
    quality: layout.quality,
    map: layout.map,
    time,
    decimal: plan.number.decimal,
    thousands: plan.number.thousands,
    ids: plan.ids,
    fixedStream: plan.stream,
    fixedDevice: plan.device,
    hasZone: plan.clock !== undefined,
    skipsBlank: plan.blank === "skip" && !plan.words.has(""),
    good: [...plan.good ?? []],
    keepsBad: plan.keepBad,
    tags: [...plan.tags ?? []].map(([name, { stream, scale, offset }]) => ({
      name,
      stream,
      scale,
      offset,
    })),
    warnFrom: range.from,
    warnTo: range.to,
  });
}

function timePlan(format: string): TimePlan | undefined {
  if (format === "iso" || format === "excel") return { kind: format };
  const places = { "epoch-s": 0, "epoch-ms": 3, "epoch-us": 6, "epoch-ns": 9 }[format];
  if (places !== undefined) return { kind: "epoch", places };
  const steps = compilePattern(format);
  if (typeof steps === "string") return undefined;
  const bytes: number[] = [];
  for (const [i, step] of steps.entries()) {
    if ("space" in step) bytes.push(0x53);
    else if ("literal" in step) {
      const code = step.literal.codePointAt(0)!;
      if (code > 0x7e) return undefined;
      bytes.push(0x4c, code);
    } else if ("jL".includes(step.directive) || (step.directive === "z" && i < steps.length - 1)) {
      return undefined;
    } else bytes.push(step.directive === "S" ? SECONDS : step.directive.charCodeAt(0));
  }
  return { kind: "pattern", steps: Uint8Array.from(bytes) };
}
