/**
 * Makes `examples/line-1.csv`: one shift of one assembly line, three machines, five variables, with a
 * fault in the oven. The same seed gives the same bytes.
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

const PRINTER = "d--0000-0000-0000-0001";
const PLACER = "d--0000-0000-0000-0003";
const OVEN = "d--0000-0000-0000-0005";
const PRODUCT_READY = "0000-5051";
const SHIFT_START = Date.UTC(2026, 2, 2, 6);
const SHIFT_END = Date.UTC(2026, 2, 2, 14);
const MINUTE = 60_000;
/** A fan of the oven fails at this time. After 40 minutes the line stops, and 25 minutes later it runs again. */
const FAULT = SHIFT_START + 300 * MINUTE;
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

/** One reading per minute, up to `late` ms after the full minute, like with a busy gateway. */
function sample(device: string, stream: string, late: number, value: (at: number) => number) {
  for (let minute = SHIFT_START; minute < SHIFT_END; minute += MINUTE) {
    const at = minute + Math.floor(random() * late);
    rows.push({ at, device, stream, value: value(minute).toFixed(2) });
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

const running = (at: number) => at < STOP || at >= RESTART;
let zone = 180;
sample(OVEN, "0001-5090", 0, (at) => { // temperature of zone 5, degrees Celsius
  const target = !running(at) ? 110 : at >= FAULT && at < STOP ? 305 : 245;
  zone += (target - zone) * 0.06;
  return zone + 0.5 * noise();
});
sample(OVEN, "0001-5094", 900, (at) => running(at) ? 38 + 3 * noise() : 9 + noise()); // kW
sample(PRINTER, "0001-5092", 900, () => 68 + 1.2 * noise()); // squeegee force, N
sample(PLACER, "0001-5091", 900, (at) => running(at) ? -72 + 0.8 * noise() : 0); // vacuum, kPa
parts(PRINTER, 41, running);
parts(PLACER, 43, running);
parts(OVEN, 44, running);

rows.sort((a, b) => a.at - b.at || (a.device + a.stream < b.device + b.stream ? -1 : 1));
const lines = rows.map(({ at, device, stream, value }) =>
  `${new Date(at).toISOString()},${device},${stream},${value}\n`
);
await Deno.stdout.write(
  new TextEncoder().encode("timestamp,device,stream,value\n" + lines.join("")),
);
