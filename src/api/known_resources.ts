/**
 * The resources that ArchFX Cloud is known to have, and the fields of their rows.
 *
 * A row may have more fields than these: the index signature leaves room for them.
 *
 * @module
 */
import type { ResourceId } from "./_path.ts";
import type { CallableResource, RestResource } from "./resource.ts";

/** One page of a list. */
export interface Page<Row> {
  /** Rows in all pages. */
  count: number;
  /** The address of the next page; only its query is to be believed. */
  next: string | null;
  /** The address of the page before. */
  previous: string | null;
  /** The rows of this page. */
  results: Row[];
}

/** Fields that TypeScript does not know. */
export interface Row {
  // deno-lint-ignore no-explicit-any
  [field: string]: any;
}

/** A user; an account sees its own only. */
export interface Account extends Row {
  id: number;
  email: string;
  username: string;
  name: string;
  slug: string;
  tagline: string;
  is_staff: boolean;
  created_at: string;
  updated_at: string;
}

/** An organisation. */
export interface Org extends Row {
  id: string;
  name: string;
  slug: string;
  ot: string | null;
  about: string;
  created_on: string;
  created_by: string;
  domain_names: string[];
}

/** A site of an organisation, `ps--0000-0001`. */
export interface Site extends Row {
  id: string;
  slug: string;
  name: string;
  org: string;
}

/** An area of a site, `pa--0000-0001`. */
export interface Area extends Row {
  slug: string;
  name: string;
  site: string;
  area_type: string | null;
}

/** An assembly line of an area or, where `area` is null, of a site: `pl--0000-0001`. */
export interface Line extends Row {
  slug: string;
  name: string;
  site: string;
  area: string | null;
  line_type: string | null;
}

/** A machine of a line, `d--0000-0001-0000-0001`. */
export interface Machine extends Row {
  slug: string;
  label: string;
  brand: string;
  model: string;
  serial_number: string;
  asset_number: string;
}

/** A device that takes data out of a machine, `d--0000-0000-0000-0001`. */
export interface Device extends Row {
  id: number;
  slug: string;
  gid: string;
  label: string;
  active: boolean;
  external_id: string | null;
  org: string | null;
  /** The line, area or site of a claimed device. */
  parent: string | null;
  template: string;
  created_on: string;
  claimed_on: string | null;
}

/** A stream, `sl--0000-0001--0000-0000-0000-0001--0000-5051`. */
export interface Stream extends Row {
  id: string;
  slug: string;
  org: string;
  device: string | null;
  variable: string;
  data_label: string;
  data_type: string;
  var_name: string;
  enabled: boolean;
  created_on: string;
}

/** What one device gave to a stream over a time. */
export interface StreamPage extends Row {
  slug: string;
  stream: string;
  device: string | null;
  start: string | null;
  end: string | null;
}

/** A sequence of reports of one device, `t--0000-0000-0000-0001--0100`. */
export interface Streamer extends Row {
  id: number | string;
  slug: string;
  device: string;
  index: number;
  /** The highest reading id counted so far. */
  last_id: number;
  is_system: boolean;
  selector: number | string;
}

/** A report that was uploaded. */
export interface StreamerReport extends Row {
  id: string;
  streamer: string;
  original_first_id: number;
  original_last_id: number;
  actual_first_id: number;
  actual_last_id: number;
  sent_timestamp: string;
  created_on: string;
}

/** One reading of a stream. */
export interface DataRow extends Row {
  id: number;
  stream: string;
  device: string | null;
  variable: string;
  type: string;
  timestamp: string;
  value: number;
  int_value: number;
  /** The reading's id. */
  streamer_local_id: number;
  // deno-lint-ignore no-explicit-any
  extra_data?: Record<string, any> | null;
}

/** Names that TypeScript does not know are resources below. */
export interface Below {
  // deno-lint-ignore no-explicit-any
  readonly [name: string]: any;
}

/** A collection whose rows have resources of their own below them. */
export interface Collection<R, Under = Below> extends CallableResource<Page<R>, R> {
  /** The same collection. */
  (): Collection<R, Under> & Below;
  /** One row, by id or slug. */
  (id: ResourceId): CallableResource<R, R> & Under & Below;
}

/** The resources that ArchFX Cloud is known to have. */
export interface KnownResources {
  /** Users; an account sees its own only. */
  readonly account: Collection<Account> & Below;
  /** Organisations. */
  readonly org: Collection<Org> & Below;
  /** Sites: `?org=`. */
  readonly site: Collection<Site> & Below;
  /** Areas: `?org=`, `?site=`. */
  readonly area: Collection<Area> & Below;
  /** Lines: `?org=`, `?site=`, `?area=`. */
  readonly line: Collection<Line> & Below;
  /** Machines, and the devices of one: `api.machine(slug).devices.get()`. */
  readonly machine: Collection<Machine, { readonly devices: Collection<Device> & Below }> & Below;
  /** Devices: `?org=`, `?parent=`, `?external_id=`, `?all=1`. */
  readonly device:
    & Collection<Device, { readonly streamers: CallableResource<Streamer[], Streamer> }>
    & Below;
  /** Streams: `?org=`, `?device=`, `?variable=`, and the data of one: `api.stream(slug).data.get()`. */
  readonly stream: Collection<Stream, { readonly data: Collection<DataRow> & Below }> & Below;
  /** Which device gave what to a stream. */
  readonly streampages: Collection<StreamPage> & Below;
  /** Streamers: `?device=`, `?selector=`; reports are uploaded to `api("streamer/report")`. */
  readonly streamer:
    & Collection<Streamer, { readonly report: CallableResource<StreamerReport[], StreamerReport> }>
    & { readonly report: Collection<StreamerReport> & Below }
    & Below;
  /** Readings: `?filter=` a stream or device, `start`, `end`, `lastn`. */
  readonly data: Collection<DataRow> & Below;
  /** Signing in; `login`, `logout` and `refreshToken` of the Api do most of it. */
  readonly auth: RestResource;
  /** What the server says about itself, without a token. */
  readonly server: RestResource;
}
