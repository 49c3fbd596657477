/**
 * The bodies that the known resources accept, and the filters of their lists.
 *
 * A misspelt field or filter is an error at compile time: the server would ignore it, and a list would
 * then have all rows.
 *
 * @module
 */
import type { SlugLike } from "./_path.ts";
import type { ParamScalar } from "./_query.ts";
import type { Area, Device, Line, Machine, Org, Site, Stream, Streamer } from "./rows.ts";

/** Fields of a row that can be sent. Fields that name another row may also be slug objects. */
export type Writable<R, Names extends keyof R, Relations extends keyof R = never> =
  & { [Name in Names]?: R[Name] }
  & { [Name in Relations]?: R[Name] | SlugLike };

/** Fields, some of them required. */
export type WithRequired<Body, Names extends keyof Body> =
  & Body
  & { [Name in Names]-?: NonNullable<Body[Name]> };

/** One value of a filter, or several of them. */
export type FilterValue = ParamScalar | readonly ParamScalar[] | null;

/** Parameters of every list. */
export interface ListParams {
  /** The number of the page, from 1, or the last one. */
  page?: number | "last";
  /** Rows on a page; the server has a limit for each resource. */
  page_size?: number;
  /** 1: all rows that exist, for staff. */
  staff?: 0 | 1 | boolean;
}

/** Parameters of lists whose rows belong to an organisation. */
export interface OrgParams extends ListParams {
  /** The slug of the organisation. */
  org?: FilterValue;
  /** The slug of the organisation; devices are known to be filtered by this name. */
  org__slug?: FilterValue;
}

/** Parameters of `org`. */
export interface OrgListParams extends ListParams {
  /** The slug of an account. */
  created_by?: FilterValue;
}

/** Parameters of `area`. */
export interface AreaParams extends OrgParams {
  /** The slug of the site. */
  site?: FilterValue;
}

/** Parameters of `line`. */
export interface LineParams extends AreaParams {
  /** The slug of the area. */
  area?: FilterValue;
}

/** Parameters of `machine`. */
export interface MachineParams extends LineParams {
  /** The slug of the line. */
  line?: FilterValue;
  /** The slug of the line, area or site. */
  parent?: FilterValue;
  /** The manufacturer. */
  brand?: FilterValue;
  /** The model. */
  model?: FilterValue;
  /** The serial number. */
  serial_number?: FilterValue;
  /** The asset number. */
  asset_number?: FilterValue;
}

/** Parameters of `device`. */
export interface DeviceParams extends OrgParams {
  /** The slug of the line, area or site. */
  parent?: FilterValue;
  /** The slug of the machine. */
  machine?: FilterValue;
  /** The id in another system. */
  external_id?: FilterValue;
  /** 1: also devices that are not active. */
  all?: 0 | 1 | boolean;
  /** 1: only devices that are claimed. */
  claimed?: 0 | 1 | boolean;
}

/** Parameters of `stream`. */
export interface StreamParams extends OrgParams {
  /** The slug of the device. */
  device?: FilterValue;
  /** The slug of the device. */
  device__slug?: FilterValue;
  /** The slug of the machine. */
  machine?: FilterValue;
  /** Such as `0000-5051`. */
  variable?: FilterValue;
  /** The slug of the line, area or site. */
  parent?: FilterValue;
}

/** Parameters of `streampages`. */
export interface StreamPageParams extends OrgParams {
  /** The slug of the stream. */
  stream?: FilterValue;
  /** The slug of the device. */
  device?: FilterValue;
}

/** Parameters of `streamer`. */
export interface StreamerParams extends OrgParams {
  /** The slug of the device. */
  device?: FilterValue;
  /** The slug of the streamer. */
  slug?: FilterValue;
  /** Which streams it sends. */
  selector?: FilterValue;
}

/** Parameters of `streamer/report`. */
export interface ReportParams extends OrgParams {
  /** The slug of the streamer. */
  streamer__slug?: FilterValue;
  /** The first time of sending, included. */
  start?: FilterValue;
  /** The last time of sending, not included. */
  end?: FilterValue;
  /** The slug of an account. */
  created_by__slug?: FilterValue;
  /** When the report was sent: for an upload. */
  timestamp?: FilterValue;
}

/** Parameters of `data`. */
export interface DataParams extends ListParams {
  /** The slug of a stream or device; without it the list is empty. */
  filter?: FilterValue;
  /** The first time, included. */
  start?: FilterValue;
  /** The end of the range, not included. */
  end?: FilterValue;
  /** How many of the last readings to return, at most 100,000. */
  lastn?: number;
  /** The lowest number of a reading in the cloud. */
  id_0?: FilterValue;
  /** The highest number of a reading in the cloud. */
  id_1?: FilterValue;
  /** The lowest reading id. */
  streamer_id_0?: FilterValue;
  /** The highest reading id. */
  streamer_id_1?: FilterValue;
  /** `csv` for text, which is returned as bytes. */
  format?: "json" | "csv";
}

/** Fields of an account that can be changed. */
export interface AccountUpdate {
  /** The full name. */
  name?: string;
  /** A line about the user. */
  tagline?: string;
}

/** Fields of an organisation that can be changed. */
export type OrgUpdate = Writable<Org, "name" | "about">;
/** A new organisation. */
export type OrgCreate = WithRequired<OrgUpdate, "name">;

/** Fields of a site that can be changed. */
export type SiteUpdate = Writable<Site, "name" | "about", "org">;
/** A new site. */
export type SiteCreate = WithRequired<SiteUpdate, "name" | "org">;

/** Fields of an area that can be changed. */
export type AreaUpdate = Writable<Area, "name" | "area_type" | "about", "site">;
/** A new area. */
export type AreaCreate = WithRequired<AreaUpdate, "name" | "site">;

/** Fields of a line that can be changed. */
export type LineUpdate = Writable<
  Line,
  "name" | "line_type" | "about",
  "site" | "area"
>;
/** A new line; it needs a site or an area. */
export type LineCreate = WithRequired<LineUpdate, "name">;

/** Fields of a machine that can be changed. */
export type MachineUpdate = Writable<
  Machine,
  | "label"
  | "brand"
  | "model"
  | "serial_number"
  | "asset_number"
  | "active",
  "parent" | "site" | "area" | "line" | "org"
>;
/** A new machine. */
export type MachineCreate = MachineUpdate;

/** Fields of a device that can be changed. */
export type DeviceUpdate = Writable<
  Device,
  | "label"
  | "active"
  | "external_id"
  | "sg"
  | "template"
  | "lat"
  | "lon"
  | "state"
  | "connector_type",
  "parent" | "machine"
>;
/** A new device, for staff. */
export type DeviceCreate = DeviceUpdate & {
  /** Its number; by default the next one. */
  id?: number | bigint;
};

/** Fields of a stream that can be changed. */
export type StreamUpdate = Writable<Stream, "data_label" | "data_type" | "var_name" | "enabled">;
/** A new stream. */
export type StreamCreate = StreamUpdate & {
  /** The slug of the device or machine. */
  device: string | SlugLike;
  /** Such as `0000-5051`. */
  variable: string | SlugLike;
};

/** Fields of a streamer that can be changed, for staff. */
export type StreamerUpdate = Writable<
  Streamer,
  "process_engine_ver" | "last_id" | "is_system" | "selector"
>;

/** A new reading; its stream is created if it does not exist. */
export interface ReadingCreate {
  /** The slug of the stream. */
  stream: string | SlugLike;
  /** ISO 8601. */
  timestamp: string | Date;
  /** The value. */
  value?: number;
  /** The value as an integer, instead of `value`. */
  int_value?: number;
  /** The reading id. */
  streamer_local_id?: number;
  /** Summary data. */
  extra_data?: Record<string, unknown>;
}
