/** Seeds: the first data of an emulator, as plain JSON. */
import { hashPassword } from "../auth/passwords.ts";
import { formatMillis } from "../http/times.ts";
import {
  canonical,
  deviceSlug,
  machineSlug,
  PARENT_TABLES,
  placeSlug,
} from "../resources/slugs.ts";
import { setUnits } from "../resources/units.ts";
import type { SeedUnit } from "./seed_unit.ts";

export type { SeedUnit };
import type { Store } from "../store/store.ts";
import { slugify } from "../../slugs/mod.ts";

/** An account of a seed. */
export interface SeedAccount {
  /** The e-mail address for the login. */
  readonly email: string;
  /** The password in plain text. */
  readonly password: string;
  /** The user name; by default, the part before the "@". */
  readonly username?: string;
  /** The name of the person. */
  readonly name?: string;
  /** Whether it sees all organisations. */
  readonly staff?: boolean;
  /**
   * Whether it may log in.
   *
   * @default {true}
   */
  readonly active?: boolean;
  /** The 40 hexadecimal digits of the key; random by default. */
  readonly key?: string;
  /** The API key, for `Authorization: Api-Key KEY`; random by default. */
  readonly apiKey?: string;
}

/** An organisation of a seed. */
export interface SeedOrg {
  /** The name. */
  readonly name: string;
  /** The slug; by default the name in lower case with hyphens. */
  readonly slug?: string;
  /** The description. */
  readonly about?: string;
  /** The roles of its members by e-mail address. */
  readonly members?: Readonly<Record<string, "admin" | "member">>;
}

/** A site, area or line of a seed, numbered in the order of the list unless it has an id. */
export interface SeedPlace {
  /** The number in its slug. */
  readonly id?: number;
  /** The name. */
  readonly name: string;
  /** The slug of its organisation: for sites. */
  readonly org?: string;
  /** The slug of its site: for areas and lines. */
  readonly site?: string;
  /** The slug of its area: for lines. */
  readonly area?: string;
  /** The area_type or line_type. */
  readonly type?: string;
  /** The description. */
  readonly about?: string;
}

/** A machine of a seed. */
export interface SeedMachine {
  /** The number in its slug. */
  readonly id?: number;
  /** The label. */
  readonly label?: string;
  /** Who made it. */
  readonly brand?: string;
  /** Which model it is. */
  readonly model?: string;
  /** The serial number. */
  readonly serialNumber?: string;
  /** The asset number of its owner. */
  readonly assetNumber?: string;
  /** The slug of the line, area or site where it stands. */
  readonly parent: string;
}

/** A device of a seed; without a parent it is not claimed. */
export interface SeedDevice {
  /** The number, or the slug. */
  readonly id: number | string;
  /** The label. */
  readonly label?: string;
  /** The id in another system. */
  readonly externalId?: string;
  /** How it collects its data. */
  readonly connectorType?: string;
  /** The slug of the line, area or site that it is claimed for. */
  readonly parent?: string;
  /** The slug of its machine. */
  readonly machine?: string;
  /**
   * Whether lists show it without `?all=1`.
   *
   * @default {true}
   */
  readonly active?: boolean;
}

/** The first data of an emulator. */
export interface Seed {
  /** The accounts. */
  readonly accounts?: readonly SeedAccount[];
  /** The organisations. */
  readonly orgs?: readonly SeedOrg[];
  /** The sites. */
  readonly sites?: readonly SeedPlace[];
  /** The areas. */
  readonly areas?: readonly SeedPlace[];
  /** The lines. */
  readonly lines?: readonly SeedPlace[];
  /** The machines. */
  readonly machines?: readonly SeedMachine[];
  /** The devices. */
  readonly devices?: readonly SeedDevice[];
  /** The units of variables. */
  readonly units?: readonly SeedUnit[];
}

/** Fills an empty store. */
export async function fillStore(store: Store, seed: Seed, now: number): Promise<void> {
  // Hashing is slow on purpose, so it is not part of the transaction.
  const passwords = await Promise.all(
    (seed.accounts ?? []).map(({ password }) => hashOnce(password)),
  );
  store.db.transaction(() => new SeedWriter(store, formatMillis(now)).write(seed, passwords));
}

const hashes = new Map<string, Promise<string>>();

/** The hash of a seed's password. It is made only once per process, because tests start many emulators. */
function hashOnce(password: string): Promise<string> {
  let hash = hashes.get(password);
  if (!hash) hashes.set(password, hash = hashPassword(password));
  return hash;
}

/** Writes a seed into a store. */
class SeedWriter {
  #store: Store;
  #at: string;
  #owner: string | null = null;

  constructor(store: Store, at: string) {
    this.#store = store;
    this.#at = at;
  }

  write(seed: Seed, passwords: readonly string[]): void {
    (seed.accounts ?? []).forEach((account, i) => this.#account(account, passwords[i]));
    for (const org of seed.orgs ?? []) this.#org(org);
    for (const site of seed.sites ?? []) this.#place("site", site);
    for (const area of seed.areas ?? []) this.#place("area", area);
    for (const line of seed.lines ?? []) this.#place("line", line);
    for (const machine of seed.machines ?? []) this.#machine(machine);
    for (const device of seed.devices ?? []) this.#device(device);
    if (seed.units !== undefined) setUnits(this.#store, seed.units);
  }

  #account(account: SeedAccount, password: string): void {
    const username = account.username ?? account.email.split("@", 1)[0];
    const slug = slugify(username);
    this.#owner ??= slug;
    this.#store.tables.account.insert({
      id: this.#store.next("account"),
      slug,
      email: account.email,
      username,
      name: account.name ?? "",
      password,
      key: account.key ?? randomKey(20),
      api_key: account.apiKey ?? `${randomKey(4)}.${randomKey(16)}`,
      is_staff: account.staff ?? false,
      is_active: account.active ?? true,
      created_at: this.#at,
      updated_at: this.#at,
    });
  }

  #org(org: SeedOrg): void {
    const slug = org.slug ?? slugify(org.name);
    const { tables } = this.#store;
    tables.org.insert({
      id: crypto.randomUUID(),
      slug,
      name: org.name,
      about: org.about ?? "",
      created_on: this.#at,
      created_by: this.#owner,
    });
    for (const [email, role] of Object.entries(org.members ?? {})) {
      const account = tables.account.find("email", email);
      if (!account) throw unknown("member", email);
      tables.member.insert({ org: slug, account: account.slug, role, created_on: this.#at });
    }
  }

  #place(table: "site" | "area" | "line", place: SeedPlace): void {
    const id = this.#number(table, place.id);
    const slug = placeSlug(table, id);
    const own = table === "site" ? {} : { site: this.#slug("site", place.site) };
    this.#store.tables[table].insert({
      id,
      slug,
      name: place.name,
      gid: slug.slice(4),
      about: place.about ?? "",
      org: table === "site" ? place.org : this.#store.tables.site.find("slug", own.site!)!.org,
      ...own,
      ...(table === "area" ? { area_type: place.type ?? "" } : {}),
      ...(table === "line"
        ? { line_type: place.type ?? "", area: place.area ? this.#slug("area", place.area) : null }
        : {}),
      created_on: this.#at,
      created_by: this.#owner,
    });
  }

  #machine(machine: SeedMachine): void {
    const id = this.#number("machine", machine.id);
    const { table, row } = this.#parent(machine.parent);
    this.#store.tables.machine.insert({
      id,
      slug: machineSlug(id),
      label: machine.label ?? "",
      brand: machine.brand ?? "",
      model: machine.model ?? "",
      serial_number: machine.serialNumber ?? "",
      asset_number: machine.assetNumber ?? "",
      parent: row.slug,
      org: row.org,
      line: table === "line" ? row.slug : null,
      area: table === "area" ? row.slug : table === "line" ? row.area : null,
      site: table === "site" ? row.slug : row.site,
      created_on: this.#at,
      created_by: this.#owner,
    });
  }

  #device(device: SeedDevice): void {
    const slug = typeof device.id === "number"
      ? deviceSlug(device.id)
      : canonical("device", device.id);
    if (!slug) throw unknown("device", device.id);
    const id = Number.parseInt(slug.slice(3).replaceAll("-", ""), 16);
    this.#store.reserve("device", id);
    const parent = device.parent ? this.#parent(device.parent).row : undefined;
    this.#store.tables.device.insert({
      id,
      slug,
      gid: slug.slice(3),
      label: device.label ?? "",
      external_id: device.externalId ?? "",
      connector_type: device.connectorType ?? "",
      active: device.active ?? true,
      parent: parent?.slug ?? null,
      org: parent?.org ?? null,
      machine: device.machine ? this.#slug("machine", device.machine) : null,
      claimed_by: parent ? this.#owner : null,
      claimed_on: parent ? this.#at : null,
      created_on: this.#at,
    });
  }

  #number(table: "site" | "area" | "line" | "machine", id: number | undefined): number {
    if (id === undefined) return this.#store.next(table);
    this.#store.reserve(table, id);
    return id;
  }

  #parent(text: string) {
    const table = PARENT_TABLES[text.slice(0, 2)];
    if (!table) throw unknown("parent", text);
    return { table, row: this.#store.tables[table].find("slug", this.#slug(table, text))! };
  }

  #slug(table: "site" | "area" | "line" | "machine", text: string | undefined): string {
    const slug = text === undefined ? undefined : canonical(table, text);
    if (slug === undefined || !this.#store.tables[table].find("slug", slug)) {
      throw unknown(table, text);
    }
    return slug;
  }
}

function randomKey(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unknown(what: string, value: unknown): TypeError {
  return new TypeError(`Cannot use the seed: its ${what} "${String(value)}" does not exist`);
}
