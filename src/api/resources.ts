/**
 * The types of resources: their methods, and the known resources of ArchFX Cloud.
 *
 * @module
 */
import type { ResourceId } from "./_path.ts";
import type { Params } from "./_query.ts";
import type * as bodies from "./bodies.ts";
import type { AllOptions, CallOptions } from "./options.ts";
import type * as rows from "./rows.ts";
import type { UploadFile, UploadOptions } from "./options.ts";

/** One page of a list. */
export interface Page<Row> {
  /** Rows on all pages, as far as the server knows. */
  count: number;
  /** The address of the next page; only its query can be trusted. */
  next: string | null;
  /** The address of the page before. */
  previous: string | null;
  /** The rows of this page. */
  results: Row[];
}

/** A row of a list, derived from what `get` of the list returns. */
export type ListRow<Got, Row> = Got extends readonly (infer One)[] ? One : Row;

/** The parts of a request for `resource.request()`. */
export interface RequestParts {
  /** Query parameters. */
  params?: Params;
  /** The body: it becomes JSON. */
  data?: unknown;
  /** Headers in addition to those that the client sets. */
  headers?: Record<string, string>;
}

/**
 * One path of the API, such as `org/` or `machine/<slug>/devices/`.
 *
 * `Got` is what `get` returns, `Row` a row of a list, `Create` and `Update` are the bodies of `post` and of
 * `put` and `patch`, `Query` the parameters.
 */
export interface ResourceMethods<
  Got = unknown,
  Row = unknown,
  Create = unknown,
  Update = Create,
  Query = Params,
> {
  /**
   * Reads the resource.
   *
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The response: JSON as a value, undefined if it is empty, otherwise a `Uint8Array`.
   * @throws {RestHttpBaseException} With a class for each kind of failure.
   */
  get(params?: Query, options?: CallOptions): Promise<Got>;
  /**
   * Sends data to the resource, to create a row. It is sent once, unless `options.retries` says
   * otherwise.
   *
   * @param data The body, sent as JSON; `{}` if it is missing.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The response, usually the new row.
   * @throws {HttpValidationError} If fields of the data are not valid.
   * @throws {RestHttpBaseException} With a class for each other kind of failure.
   */
  post(data?: Create, params?: Query, options?: CallOptions): Promise<Row>;
  /**
   * Replaces the resource.
   *
   * @param data The body, sent as JSON.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The response, usually the row.
   * @throws {RestHttpBaseException} With a class for each kind of failure.
   */
  put(data?: Update, params?: Query, options?: CallOptions): Promise<Row>;
  /**
   * Changes parts of the resource. It is sent once, unless `options.retries` says otherwise.
   *
   * @param data The body, sent as JSON.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The response, usually the row.
   * @throws {RestHttpBaseException} With a class for each kind of failure.
   */
  patch(data?: Update, params?: Query, options?: CallOptions): Promise<Row>;
  /**
   * Deletes the resource. A repeated attempt that finds nothing is a success.
   *
   * @param data The body, sent as JSON; usually not needed.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns True.
   * @throws {HttpNotFoundError} If the row does not exist.
   * @throws {RestHttpBaseException} With a class for each other kind of failure.
   */
  delete(data?: unknown, params?: Query, options?: CallOptions): Promise<true>;
  /**
   * The rows of all pages of a list, read when they are needed.
   *
   * @param params Query parameters of the first page.
   * @param options Options of each call.
   * @returns Rows, for `for await`; no more pages are read after leaving the loop.
   * @throws {RestBaseException} If the response is not a list, or a page names an earlier one as the next.
   */
  list(params?: Query, options?: CallOptions): AsyncIterable<ListRow<Got, Row>>;
  /**
   * The pages of a list, read when they are needed.
   *
   * @param params Query parameters of the first page.
   * @param options Options of each call.
   * @returns Pages, for `for await`.
   * @throws {RestBaseException} If the response is not a list, or a page names an earlier one as the next.
   */
  pages(params?: Query, options?: CallOptions): AsyncIterable<Page<ListRow<Got, Row>>>;
  /**
   * The rows of all pages of a list.
   *
   * @param params Query parameters of the first page.
   * @param options The most rows to read, and options of each call.
   * @returns The rows.
   * @throws {RestBaseException} If the response is not a list, or a page names an earlier one as the next.
   */
  all(params?: Query, options?: AllOptions): Promise<ListRow<Got, Row>[]>;
  /**
   * Makes a call and returns the response itself, with any status: for headers, and for bodies that are not JSON.
   * Tokens, retries, redirects and limits work like those of the other methods. The body, of at most 64 MiB, has
   * already been read, so that a broken connection is retried.
   *
   * @param method The HTTP method.
   * @param parts Parameters, body and headers.
   * @param options Options of this call.
   * @returns The response.
   * @throws {RestHttpBaseException} If there is no response: a lost connection, a time limit, a redirect that
   * may not be followed.
   */
  request(method: string, parts?: RequestParts, options?: CallOptions): Promise<Response>;
  /**
   * Uploads a file in the part `file` of a form. An upload to `streamer/report` is repeated like a GET, and waits
   * for earlier uploads of the same device and streamer. To any other resource, it is sent once.
   *
   * @param file Bytes (named "file"), a Blob or File, or `{ name, data }`.
   * @param options Fields, parameters, progress, and options of the call.
   * @returns The response.
   * @throws {RestBaseException} If an earlier report of the same streamer failed: this one was not sent.
   * @throws {RestHttpBaseException} With a class for each other kind of failure.
   */
  uploadFp(file: UploadFile, options?: UploadOptions): Promise<unknown>;
  /**
   * Uploads a file from disk like `uploadFp`, without reading it into memory. Not in browsers.
   *
   * @param path The path of the file; its last part is its name.
   * @param options Fields, parameters, progress, and options of the call.
   * @returns The response.
   * @throws {RestBaseException} If the file cannot be read, or an earlier report of its streamer failed.
   * @throws {RestHttpBaseException} With a class for each other kind of failure.
   */
  uploadFile(path: string, options?: UploadOptions): Promise<unknown>;
  /**
   * The address of the resource.
   *
   * @returns The URL, with a slash at its end.
   */
  url(): string;
  /**
   * The address of the resource.
   *
   * @returns The URL, with a slash at its end.
   */
  toString(): string;
  /**
   * The address of the resource, for JSON.
   *
   * @returns The URL, with a slash at its end.
   */
  toJSON(): string;
}

/** A resource without specific types for its rows and for paths below it: `api("streamer/report")`. */
export interface RestResource<Got = unknown, Row = Got> extends ResourceMethods<Got, Row> {
  /** The same resource. */
  (): RestResource<Got, Row>;
  /** The row with this id or slug, or the resource below with this name. */
  <One = Row>(id: ResourceId): RestResource<One, One>;
}

/** A list whose rows have further resources below them. */
export interface Collection<
  R,
  Create = never,
  Update = Create,
  Query = bodies.ListParams,
  Under = unknown,
> extends ResourceMethods<Page<R>, R, Create, Update, Query> {
  /** The same list. */
  (): Collection<R, Create, Update, Query, Under>;
  /** One row, by id or slug. */
  (id: ResourceId): RowResource<R, Update, Query, Under> & Under;
}

/** One row. Paths below it that have no types are reached by a call: `api.org(slug)("extra")`. */
export interface RowResource<R, Update, Query = bodies.ListParams, Under = unknown>
  extends ResourceMethods<R, R, Update, Update, Query> {
  /** The same row. */
  (): RowResource<R, Update, Query, Under> & Under;
  /** A resource below. */
  <One = unknown>(name: ResourceId): RestResource<One, One>;
}

/** A list without pages, below a row. */
export interface BareList<R> extends ResourceMethods<R[], R, never, never> {
  /** One row, by id or slug. */
  (id: ResourceId): ResourceMethods<R, R>;
}

/**
 * The resources that ArchFX Cloud is known to have. Declare others by augmenting this interface, or use
 * `api("name")`.
 */
export interface KnownResources {
  /** Users; an account sees only its own. */
  readonly account: Collection<rows.Account, never, bodies.AccountUpdate>;
  /** Organisations. */
  readonly org: Collection<rows.Org, bodies.OrgCreate, bodies.OrgUpdate, bodies.OrgListParams, {
    /** The members, for its admins. */
    readonly members: Collection<rows.Member>;
    /** The organisation, with counts and the membership of the account. */
    readonly extra: ResourceMethods<rows.OrgExtra>;
    /** Its devices. */
    readonly devices: Collection<rows.Device, never, never, bodies.DeviceParams>;
  }>;
  /** Sites: `?org=`. */
  readonly site: Collection<rows.Site, bodies.SiteCreate, bodies.SiteUpdate, bodies.OrgParams>;
  /** Areas: `?org=`, `?site=`. */
  readonly area: Collection<rows.Area, bodies.AreaCreate, bodies.AreaUpdate, bodies.AreaParams>;
  /** Lines: `?org=`, `?site=`, `?area=`. */
  readonly line: Collection<rows.Line, bodies.LineCreate, bodies.LineUpdate, bodies.LineParams>;
  /** Machines, and the devices of one: `api.machine(slug).devices.get()`. */
  readonly machine: Collection<
    rows.Machine,
    bodies.MachineCreate,
    bodies.MachineUpdate,
    bodies.MachineParams,
    {
      /** The devices of the machine. */
      readonly devices: Collection<rows.Device, never, never, bodies.DeviceParams>;
    }
  >;
  /** Devices: `?org__slug=`, `?parent=`, `?external_id=`, `?all=1`. */
  readonly device: Collection<
    rows.Device,
    bodies.DeviceCreate,
    bodies.DeviceUpdate,
    bodies.DeviceParams,
    {
      /** The streamers of the device. */
      readonly streamers: BareList<rows.Streamer>;
      /** The device, with counts of its streams. */
      readonly extra: ResourceMethods<rows.DeviceExtra>;
    }
  >;
  /** Streams: `?org=`, `?device=`, `?variable=`, and the data of one: `api.stream(slug).data.get()`. */
  readonly stream: Collection<
    rows.Stream,
    bodies.StreamCreate,
    bodies.StreamUpdate,
    bodies.StreamParams,
    {
      /** The readings of the stream. */
      readonly data: Collection<rows.DataRow, never, never, bodies.DataParams>;
    }
  >;
  /** Which device sent readings to a stream, and when. */
  readonly streampages: Collection<rows.StreamPage, never, never, bodies.StreamPageParams>;
  /** Streamers: `?device=`, `?selector=`; reports are uploaded to `api("streamer/report")`. */
  readonly streamer:
    & Collection<rows.Streamer, never, bodies.StreamerUpdate, bodies.StreamerParams, {
      /** The reports of the streamer. */
      readonly report: BareList<rows.StreamerReport>;
    }>
    & { readonly report: Collection<rows.StreamerReport, never, never, bodies.ReportParams> };
  /** Readings: `?filter=` a stream or device, `start`, `end`, `lastn`. */
  readonly data: Collection<
    rows.DataRow,
    bodies.ReadingCreate | readonly bodies.ReadingCreate[],
    never,
    bodies.DataParams
  >;
  /** Login and tokens; usually done with `login`, `logout` and `refreshToken` of the Api. */
  readonly auth: AuthResource;
  /** What the server says about itself, without a token. */
  readonly server: ResourceMethods<rows.ServerInfo>;
}

/** The paths below `auth`. */
export interface AuthResource extends ResourceMethods {
  /** The account of the token. */
  (path: "user-info"): ResourceMethods<rows.Account>;
  /** The permanent key of the account, and a new token. */
  (path: "token"): ResourceMethods<{ token: string; jwt: string }>;
  /** Any other path. */
  <One = unknown>(path: ResourceId): RestResource<One, One>;
}

/** Paths of more than one part that are known. */
export interface KnownPaths {
  /** Reports: uploaded with `uploadFp` and `uploadFile`. */
  readonly "streamer/report": KnownResources["streamer"]["report"];
  /** The account of the token. */
  readonly "auth/user-info": ResourceMethods<rows.Account>;
}
