/**
 * The REST client of ArchFX Cloud.
 *
 * @module
 */
export { Api } from "./api.ts";
export type { ApiConstructor } from "./api.ts";
export type { ApiBase, Credentials } from "./api_base.ts";
export * from "./errors/mod.ts";
export type {
  AuthResource,
  BareList,
  Collection,
  KnownPaths,
  KnownResources,
  ListRow,
  Page,
  RequestParts,
  ResourceMethods,
  RestResource,
  RowResource,
} from "./resources.ts";
export type {
  AccountUpdate,
  AreaCreate,
  AreaParams,
  AreaUpdate,
  DataParams,
  DeviceCreate,
  DeviceParams,
  DeviceUpdate,
  FilterValue,
  LineCreate,
  LineParams,
  LineUpdate,
  ListParams,
  MachineCreate,
  MachineParams,
  MachineUpdate,
  OrgCreate,
  OrgListParams,
  OrgParams,
  OrgUpdate,
  ReadingCreate,
  ReportParams,
  SiteCreate,
  SiteUpdate,
  StreamCreate,
  StreamerParams,
  StreamerUpdate,
  StreamPageParams,
  StreamParams,
  StreamUpdate,
  WithRequired,
  Writable,
} from "./bodies.ts";
export type {
  Account,
  Area,
  DataRow,
  Device,
  DeviceExtra,
  Line,
  Machine,
  Member,
  Org,
  OrgExtra,
  Row,
  ServerInfo,
  Site,
  Stream,
  Streamer,
  StreamerReport,
  StreamPage,
} from "./rows.ts";
export { FactoryMap, factoryMap, FactoryMapError } from "./factory_map.ts";
export type {
  FactoryCloud,
  FactoryMapJson,
  FactoryMapOptions,
  FactoryProgress,
  FactoryRow,
} from "./factory_map.ts";
export type { FactoryNode } from "./_factory_tree.ts";
export type { FactoryLevel } from "./_factory_lists.ts";
export { type ConfirmOptions, confirmUpload } from "./confirm_upload.ts";
export { lastReadingId } from "./last_reading_id.ts";
export { stream, StreamData } from "./stream_data.ts";
export type { ReadingsOptions } from "./stream_data.ts";
export type { TimeRange } from "./time_range.ts";
export type {
  AllOptions,
  ApiOptions,
  CallOptions,
  IncomingResponse,
  OutgoingRequest,
  Tokens,
} from "./options.ts";
export type { ResourceId, SlugLike } from "./_path.ts";
export type { Params, ParamScalar } from "./_query.ts";
export type { UploadFile, UploadOptions, UploadProgress } from "./options.ts";
