/**
 * Makes `examples/line-1.csv`: one shift of one assembly line, three machines, seven variables, with a
 * coolant fault on the mill. The same seed gives the same bytes.
 *
 *     deno run -A scripts/make_line_csv.ts [--seed N] > examples/line-1.csv
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";

interface Row {
  at: number;
  device: string;
  stream: string;
  value: string;
}

const MILL = "d--0000-0000-0000-0001";
const PRESS = "d--0000-0000-0000-0002";
const OVEN = "d--0000-0000-0000-0003";
const PRODUCT_READY = "0000-5051";
const SHIFT_START = Date.UTC(2026, 2, 2, 6);
const SHIFT_END = Date.UTC(2026, 2, 2, 14);
const MINUTE = 60_000;
/** The mill's coolant pump fails here; the mill stops itself 40 minutes later and comes back after 25. */
const FAULT = SHIFT_START + 320 * MINUTE;
const STOP = FAULT + 40 * MINUTE;
const RESTART = STOP + 25 * MINUTE;

const { seed } = parseArgs(Deno.args, { string: ["seed"], default: { seed: "1" } });
let state = Number(seed) >>> 0;

/** Uniform in 0 … 1, from a linear congruential generator (Numerical Recipes' constants). */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** Roughly normal around 0, standard deviation 1. */
function noise(): number {
  return random() + random() + random() + random() + random() + random() - 3;
}

const rows: Row[] = [];

/** A reading every `period` ms, at the millisecond that a busy gateway would get to it. */
function sample(device: string, stream: string, period: number, value: (at: number) => number) {
  for (let at = SHIFT_START; at < SHIFT_END; at += period) {
    const jittered = at + Math.floor(random() * 900);
    rows.push({ at: jittered, device, stream, value: value(at).toFixed(2) });
  }
}

/** One reading for each finished part: the value is the cycle time in seconds. */
function parts(device: string, seconds: number, running: (at: number) => boolean) {
  for (let at = SHIFT_START; at < SHIFT_END;) {
    const cycle = seconds * (1 + 0.04 * noise());
    at += Math.round(cycle * 1000);
    if (running(at)) {
      rows.push({ at, device, stream: PRODUCT_READY, value: cycle.toFixed(3) });
    }
  }
}

const milling = (at: number) => at < STOP || at >= RESTART;
let spindle = 24;
sample(MILL, "0001-5090", MINUTE, (at) => { // spindle temperature, degrees Celsius
  const target = !milling(at) ? 28 : at >= FAULT && at < STOP ? 96 : 52;
  spindle += (target - spindle) * 0.06;
  return spindle + 0.35 * noise();
});
sample(MILL, "0001-5091", MINUTE, (at) => milling(at) ? 61 + 6 * noise() : 0); // spindle load, per cent
parts(MILL, 74, milling);
sample(PRESS, "0001-5092", MINUTE, () => 182 + 2.5 * noise()); // hydraulic pressure, bar
parts(PRESS, 41, () => true);
sample(OVEN, "0001-5093", MINUTE, (at) => 205 + 3 * Math.sin(at / (9 * MINUTE)) + 0.6 * noise()); // °C
sample(OVEN, "0001-5094", MINUTE, (at) => 38 + 9 * Math.cos(at / (9 * MINUTE)) + noise()); // kW

rows.sort((a, b) => a.at - b.at || (a.device + a.stream < b.device + b.stream ? -1 : 1));
const lines = rows.map(({ at, device, stream, value }) =>
  `${new Date(at).toISOString()},${device},${stream},${value}\n`
);
await Deno.stdout.write(
  new TextEncoder().encode("timestamp,device,stream,value\n" + lines.join("")),
);
