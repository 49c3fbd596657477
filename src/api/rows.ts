/**
 * Rows of the resources that ArchFX Cloud is known to have.
 *
 * A row may have more fields than these; they are of type `unknown`.
 *
 * @module
 */

/** A row without known fields. */
export interface Row {
  /** A field of any name. */
  [field: string]: unknown;
}

/** A user; an account sees its own only. */
export interface Account extends Row {
  /** Its number. */
  id: number;
  /** The e-mail to log in with. */
  email: string;
  /** The user name. */
  username: string;
  /** The full name. */
  name: string;
  /** The slug, which `created_by` of other rows names. */
  slug: string;
  /** A line about the user. */
  tagline: string;
  /** Addresses of pictures by size. */
  avatar: Record<string, string>;
  /** Whether the account belongs to the operators of the cloud. */
  is_staff: boolean;
  /** ISO 8601, UTC. */
  created_at: string;
  /** ISO 8601, UTC. */
  updated_at: string;
}

/** An organisation. */
export interface Org extends Row {
  /** A UUID. */
  id: string;
  /** The slug, made from the name. */
  slug: string;
  /** The name, unique, at most 50 characters. */
  name: string;
  /** The type. */
  ot: string | null;
  /** What it is about. */
  about: string;
  /** Addresses of pictures by size. */
  avatar: Record<string, string>;
  /** Its domain names. */
  domain_names: string[];
  /** ISO 8601, UTC. */
  created_on: string;
  /** The slug of the account. */
  created_by: string;
}

/** A site of an organisation. */
export interface Site extends Row {
  /** The slug again. */
  id: string;
  /** Such as `ps--0000-0001`. */
  slug: string;
  /** The slug without its prefix. */
  gid: string;
  /** The name. */
  name: string;
  /** The slug of the organisation. */
  org: string;
  /** What it is about. */
  about: string;
  /** ISO 8601, UTC. */
  created_on: string;
  /** The slug of the account. */
  created_by: string;
}

/** An area of a site: a building, or machines of a kind. */
export interface Area extends Row {
  /** The slug again. */
  id: string;
  /** Such as `pa--0000-0001`. */
  slug: string;
  /** The slug without its prefix. */
  gid: string;
  /** The name. */
  name: string;
  /** The slug of the organisation. */
  org: string;
  /** The slug of the site. */
  site: string;
  /** The type. */
  area_type: string | null;
  /** What it is about. */
  about: string;
  /** ISO 8601, UTC. */
  created_on: string;
  /** The slug of the account. */
  created_by: string;
}

/** An assembly line of a site. */
export interface Line extends Row {
  /** The slug again. */
  id: string;
  /** Such as `pl--0000-0001`. */
  slug: string;
  /** The slug without its prefix. */
  gid: string;
  /** The name. */
  name: string;
  /** The slug of the organisation. */
  org: string;
  /** The slug of the site. */
  site: string;
  /** The slug of the area; null if the line has no area. */
  area: string | null;
  /** The type. */
  line_type: string | null;
  /** What it is about. */
  about: string;
  /** ISO 8601, UTC. */
  created_on: string;
  /** The slug of the account. */
  created_by: string;
}

/** A machine in a factory. */
export interface Machine extends Row {
  /** The slug again. */
  id: string;
  /** Such as `d--0000-0001-0000-0001`. */
  slug: string;
  /** What it is called. */
  label: string;
  /** Who makes it. */
  brand: string;
  /** The model. */
  model: string;
  /** The serial number. */
  serial_number: string;
  /** The asset number. */
  asset_number: string;
  /** The slug of the line, area or site. */
  parent: string | null;
  /** The slug of the line. */
  line: string | null;
  /** The slug of the area. */
  area: string | null;
  /** The slug of the site. */
  site: string | null;
  /** The slug of the organisation. */
  org: string;
  /** Whether it is in use. */
  active: boolean;
  /** ISO 8601, UTC. */
  created_on: string;
  /** The slug of the account. */
  created_by: string;
}

/** A device that takes data out of a machine. */
export interface Device extends Row {
  /** Its number. */
  id: number;
  /** Such as `d--0000-0000-0000-0001`. */
  slug: string;
  /** The slug without its prefix. */
  gid: string;
  /** What it is called. */
  label: string;
  /** Whether it is in use. */
  active: boolean;
  /** Its id elsewhere. */
  external_id: string | null;
  /** The sensor graph. */
  sg: string;
  /** The device template. */
  template: string;
  /** The slug of the organisation. */
  org: string | null;
  /** The slug of the line, area or site; null until it is claimed. */
  parent: string | null;
  /** The slug of the machine. */
  machine: string | null;
  /** The connector to the machine. */
  connector_type: string;
  /** Degrees north. */
  lat: number | null;
  /** Degrees east. */
  lon: number | null;
  /** Such as `N0` or `N1`. */
  state: string;
  /** Whether the cloud works on it. */
  busy: boolean;
  /** ISO 8601, UTC. */
  created_on: string;
  /** ISO 8601, UTC. */
  claimed_on: string | null;
  /** The slug of the account. */
  claimed_by: string | null;
}

/** A stream of readings. */
export interface Stream extends Row {
  /** A UUID. */
  id: string;
  /** Such as `sl--0000-0001--0000-0000-0000-0001--0000-5051`. */
  slug: string;
  /** The slug of the organisation. */
  org: string;
  /** The slug of the line, area or site. */
  parent: string | null;
  /** The slug of the machine. */
  machine: string | null;
  /** The slug of the device. */
  device: string | null;
  /** Such as `0000-5051`. */
  variable: string;
  /** What it is called. */
  data_label: string;
  /** The type of its data. */
  data_type: string;
  /** The name of the variable. */
  var_name: string;
  /** The unit of its values; null if none is known. */
  output_unit: { slug: string; unit_short: string; unit_full: string } | null;
  /** Whether it takes readings. */
  enabled: boolean;
  /** ISO 8601, UTC. */
  created_on: string;
}

/** The readings of one device in a stream over a period of time. */
export interface StreamPage extends Row {
  /** The slug of the stream with `--` and the start in microseconds. */
  slug: string;
  /** The slug of the stream. */
  stream: string;
  /** The slug of the device. */
  device: string | null;
  /** The slug of the organisation. */
  org: string;
  /** ISO 8601, UTC. */
  start: string | null;
  /** ISO 8601, UTC; null while it continues. */
  end: string | null;
}

/** A sequence of reports of one device. */
export interface Streamer extends Row {
  /** Its number. */
  id: number;
  /** Such as `t--0000-0000-0000-0001--0100`. */
  slug: string;
  /** The slug of the device. */
  device: string;
  /** The index in the device. */
  index: number;
  /** The highest reading id counted; rounded beyond 2^53−1: see `lastReadingId`. */
  last_id: number;
  /** Which streams it sends. */
  selector: number | null;
  /** Whether it sends the device's own streams. */
  is_system: boolean;
  /** How its reports are processed. */
  process_engine_ver: number;
  /** ISO 8601, UTC. */
  last_reboot_ts: string | null;
}

/** A report that was uploaded. */
export interface StreamerReport extends Row {
  /** A UUID. */
  id: string;
  /** The slug of the streamer. */
  streamer: string;
  /** The lowest reading id in it. */
  original_first_id: number;
  /** The highest reading id in it. */
  original_last_id: number;
  /** The lowest reading id that was new. */
  actual_first_id: number;
  /** The highest reading id that was new. */
  actual_last_id: number;
  /** ISO 8601, UTC. */
  sent_timestamp: string;
  /** By the device's clock. */
  device_sent_timestamp: number | null;
  /** The id of the report. */
  incremental_id: number;
  /** How exact its times are, in seconds. */
  time_epsilon: number;
  /** ISO 8601, UTC. */
  created_on: string;
  /** The slug of the account. */
  created_by: string;
}

/** One reading of a stream. */
export interface DataRow extends Row {
  /** Its number in the cloud. */
  id: number;
  /** The slug of the stream. */
  stream: string;
  /** The slug of the device. */
  device: string | null;
  /** Such as `0000-5051`. */
  variable: string;
  /** `Num` for a number. */
  type: string;
  /** ISO 8601, UTC. */
  timestamp: string;
  /** By the device's clock. */
  device_timestamp: number | null;
  /**
   * The value. NaN and the infinities, for which JSON has no number, are their names as text, or null;
   * `stream` reads them as numbers.
   */
  value: number;
  /** The value without its fraction. */
  int_value: number | null;
  /** The reading id; rounded beyond 2^53−1: see `stream`. */
  streamer_local_id: number;
  /** How the time was found. */
  status: string;
  /** Whether the time is uncertain. */
  dirty_ts: boolean;
  /** Summary data. */
  extra_data: Record<string, unknown> | null;
  /** Raw data. */
  data?: unknown;
}

/** A member of an organisation. */
export interface Member extends Row {
  /** The slug of the account. */
  user: string;
  /** Its e-mail, name and so on. */
  user_details: Pick<Account, "email" | "username" | "name" | "slug" | "tagline">;
  /** ISO 8601, UTC. */
  created_on: string;
  /** Whether the account may use the organisation. */
  is_active: boolean;
  /** Whether it may change the organisation. */
  is_org_admin: boolean;
  /** Such as `a1` or `m1`. */
  role: string;
  /** The name of the role. */
  role_name: string;
}

/** An organisation, with counts and the membership of the account. */
export interface OrgExtra extends Org {
  /** How many rows there are by resource. */
  counts: Record<string, number>;
  /** The membership of the account. */
  current_member: Partial<Member>;
}

/** A device, with counts of its streams. */
export interface DeviceExtra extends Device {
  /** Counts by the slug of the stream. */
  stream_counts: Record<string, { points: number }>;
}

/** What the server says about itself. */
export interface ServerInfo extends Row {
  /** ISO 8601, UTC. */
  now: string;
  /** Such as `prod`. */
  stage: string;
  /** The name of the service. */
  name: string;
  /** Who runs it. */
  company: string;
}
