/** Units of variables. The sibling server iotile_cloud returns them with each stream. */
import { ArchFxVariableID, slugify } from "../../slugs/mod.ts";
import type { SeedUnit } from "../seeds/seed_unit.ts";
import type { Store } from "../store/store.ts";

/** The unit of a stream. */
interface OutputUnit {
  readonly slug: string;
  readonly unit_short: string;
  readonly unit_full: string;
}

const KEY = "units";

/** The units of each store. They come from the initial data and do not change. */
const read = new WeakMap<Store, Readonly<Record<string, OutputUnit>>>();

/** Keeps the units of variables in the store, which has no table of variables. */
export function setUnits(store: Store, units: readonly SeedUnit[]): void {
  const known: Record<string, OutputUnit> = {};
  for (const { variable, short, full } of units) {
    known[String(new ArchFxVariableID(variable))] = {
      slug: slugify(full),
      unit_short: short,
      unit_full: full,
    };
  }
  store.setMeta(KEY, JSON.stringify(known));
  read.delete(store);
}

/** The unit of a variable; null if it is not known. */
export function unitOf(store: Store, variable: string): OutputUnit | null {
  let units = read.get(store);
  if (units === undefined) {
    const known: Readonly<Record<string, OutputUnit>> = JSON.parse(store.meta(KEY) ?? "{}");
    read.set(store, units = known);
  }
  return Object.hasOwn(units, variable) ? units[variable] : null;
}
