/** Checks that a proposed profile reads a generated file correctly. */
import { proposeProfile, readCsv, type StreamOption } from "@archfx/cloud";
import type { Generated } from "./_generate.ts";

/** The faults; empty if every reading is read correctly, and every open question was asked. */
export async function checkProposal(file: Generated): Promise<string | undefined> {
  const bytes = new TextEncoder().encode(file.text);
  const { profile, questions } = await proposeProfile(bytes, { name: file.name });
  const asked = (option: string) => questions.some((it) => it.option === option);
  const { format: _, ...options } = profile;
  if (!file.zoned && !asked("timeZone")) return "does not ask for the zone";
  if (file.ambiguous) {
    return asked("timeFormat") ? undefined : "does not ask which number is the day";
  }
  const wide = file.valueColumns.length > 1;
  if (wide && !asked("map")) return "does not see that each column is a stream";
  const map: Record<string, StreamOption> = {};
  file.valueColumns.forEach((name, i) => map[name] = i + 1);
  const times: bigint[] = [];
  const values: number[] = [];
  try {
    const reader = readCsv(bytes, wide ? { ...options, map } : { ...options, stream: 1 });
    for await (const chunk of reader) {
      times.push(...chunk.timestamps.subarray(0, chunk.length));
      values.push(...chunk.values.subarray(0, chunk.length));
    }
  } catch (error) {
    return (error as Error).message;
  }
  const wanted = file.times.flatMap((time, row) =>
    file.values[row].flatMap((value) => value === null ? [] : [[time, value] as const])
  );
  if (wanted.length !== times.length) return `reads ${times.length} of ${wanted.length} readings`;
  const wrong = wanted.findIndex(([time, value], i) => time !== times[i] || value !== values[i]);
  return wrong < 0
    ? undefined
    : `reads ${times[wrong]} ${values[wrong]} for ${wanted[wrong].join(" ")}`;
}
