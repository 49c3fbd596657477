/**
 * The REST client of ArchFX Cloud.
 *
 * @module
 */
export { Api } from "./api.ts";
export type { ApiBase, ApiConstructor, Credentials } from "./api.ts";
export * from "./errors/mod.ts";
export type { Below, Collection, KnownResources, Page } from "./known_resources.ts";
export type {
  Account,
  Area,
  DataRow,
  Device,
  Line,
  Machine,
  Org,
  Row,
  Site,
  Stream,
  Streamer,
  StreamerReport,
  StreamPage,
} from "./rows.ts";
export { FactoryMap, factoryMap } from "./factory_map.ts";
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
export type { ApiOptions, CallOptions, Tokens } from "./options.ts";
export type { ResourceId, SlugLike } from "./_path.ts";
export type { Params, ParamScalar } from "./_query.ts";
export type {
  AllOptions,
  CallableResource,
  ListRow,
  ResourceMethods,
  RestResource,
} from "./resource.ts";
export type { UploadFile, UploadOptions, UploadProgress } from "./upload.ts";
