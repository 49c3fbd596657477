/**
 * The resources that ArchFX Cloud is known to have.
 *
 * @module
 */
import type { ResourceId } from "./_path.ts";
import type {
  Account,
  Area,
  DataRow,
  Device,
  Line,
  Machine,
  Org,
  Site,
  Stream,
  Streamer,
  StreamerReport,
  StreamPage,
} from "./rows.ts";
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

/** Names that TypeScript does not know are resources below. */
export interface Below {
  /** A resource below. */
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
