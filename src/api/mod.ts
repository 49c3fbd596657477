/**
 * The REST client of ArchFX Cloud.
 *
 * @module
 */
export { Api } from "./api.ts";
export type { ApiBase, ApiConstructor, Credentials } from "./api.ts";
export * from "./errors/mod.ts";
export type {
  Account,
  Area,
  Below,
  Collection,
  DataRow,
  Device,
  KnownResources,
  Line,
  Machine,
  Org,
  Page,
  Row,
  Site,
  Stream,
  Streamer,
  StreamerReport,
  StreamPage,
} from "./known_resources.ts";
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
export type { UploadFile, UploadOptions, UploadProgress } from "./upload_options.ts";
