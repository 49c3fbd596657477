/**
 * RestResource, one path of the API and what can be done there.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { answerJson, answerValue } from "./_answer.ts";
import { jsonBody } from "./_body.ts";
import { callable } from "./_callable.ts";
import type { Client } from "./_client.ts";
import { idSegment, type ResourceId } from "./_path.ts";
import { type Params, queryText } from "./_query.ts";
import type { Page } from "./known_resources.ts";
import type { CallOptions } from "./options.ts";
import { readAll, readPages, readRows } from "./pages.ts";
import { uploadSource } from "./_upload_source.ts";
import { upload } from "./upload.ts";
import type { UploadFile, UploadOptions } from "./upload.ts";

/** What a list gives one by one. */
export type ListRow<Got, Row> = Got extends readonly (infer One)[] ? One : Row;

/** Options of `all`. */
export interface AllOptions extends CallOptions {
  /**
   * The most rows to read.
   *
   * @default {Infinity}
   */
  limit?: number;
}

/**
 * One path of the API, `org/` or `machine/<slug>/devices/`. Its properties are the paths below it, a
 * call with an id is a row of it.
 *
 * `Got` is what `get` gives, `Row` a row of a list.
 */
export interface ResourceMethods<Got, Row> {
  /**
   * Reads the resource.
   *
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The answer: JSON parsed, undefined where it is empty, a `Uint8Array` where it is no JSON.
   * @throws {RestHttpBaseException} By what went wrong, of a class of its own.
   */
  get(params?: Params, options?: CallOptions): Promise<Got>;
  /**
   * Sends data to the resource, to make something new. It is sent once, unless `options.retries` says
   * otherwise.
   *
   * @param data What becomes JSON; `{}` where there is none.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The answer, most often the row that was made.
   * @throws {HttpValidationError} Fields of the data are not valid.
   * @throws {RestHttpBaseException} By what else went wrong.
   */
  post(data?: unknown, params?: Params, options?: CallOptions): Promise<Row>;
  /**
   * Replaces the resource.
   *
   * @param data What becomes JSON.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The answer, most often the row.
   * @throws {RestHttpBaseException} By what went wrong.
   */
  put(data?: unknown, params?: Params, options?: CallOptions): Promise<Row>;
  /**
   * Changes parts of the resource. It is sent once, unless `options.retries` says otherwise.
   *
   * @param data What becomes JSON.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns The answer, most often the row.
   * @throws {RestHttpBaseException} By what went wrong.
   */
  patch(data?: unknown, params?: Params, options?: CallOptions): Promise<Row>;
  /**
   * Deletes the resource. A repeated attempt that finds nothing is a success.
   *
   * @param data What becomes JSON; most often nothing.
   * @param params Query parameters.
   * @param options Options of this call.
   * @returns True.
   * @throws {HttpNotFoundError} There was nothing to delete.
   * @throws {RestHttpBaseException} By what else went wrong.
   */
  delete(data?: unknown, params?: Params, options?: CallOptions): Promise<true>;
  /**
   * The rows of a list over all its pages, read as they are asked for.
   *
   * @param params Query parameters of the first page.
   * @param options Options of each call.
   * @returns Rows, for `for await`; leaving the loop asks for no more pages.
   * @throws {RestBaseException} The answer is no list, or its pages go in a circle.
   */
  list(params?: Params, options?: CallOptions): AsyncIterable<ListRow<Got, Row>>;
  /**
   * The pages of a list, read as they are asked for.
   *
   * @param params Query parameters of the first page.
   * @param options Options of each call.
   * @returns Pages, for `for await`.
   * @throws {RestBaseException} The answer is no list, or its pages go in a circle.
   */
  pages(params?: Params, options?: CallOptions): AsyncIterable<Page<ListRow<Got, Row>>>;
  /**
   * The rows of a list over all its pages.
   *
   * @param params Query parameters of the first page.
   * @param options The most rows to read, and options of each call.
   * @returns The rows.
   * @throws {RestBaseException} The answer is no list, or its pages go in a circle.
   */
  all(params?: Params, options?: AllOptions): Promise<ListRow<Got, Row>[]>;
  /**
   * Uploads a file in the part `file` of a form. To `streamer/report` it is repeated like a GET, after
   * the uploads of the same device and streamer that were called before; to anything else it is sent
   * once.
   *
   * @param file Bytes (named "file"), a Blob or File, or `{ name, data }`.
   * @param options Fields, parameters, progress, and options of the call.
   * @returns The answer.
   * @throws {RestBaseException} An earlier report of the same streamer failed: this one was not sent.
   * @throws {RestHttpBaseException} By what else went wrong.
   */
  uploadFp(file: UploadFile, options?: UploadOptions): Promise<unknown>;
  /**
   * Uploads a file from disk like `uploadFp`, without reading it into memory. Not in browsers.
   *
   * @param path Where the file is; its last part is its name.
   * @param options Fields, parameters, progress, and options of the call.
   * @returns The answer.
   * @throws {RestBaseException} The file cannot be read, or an earlier report of its streamer failed.
   * @throws {RestHttpBaseException} By what else went wrong.
   */
  uploadFile(path: string, options?: UploadOptions): Promise<unknown>;
  /**
   * The address of the resource.
   *
   * @returns It, with a slash at its end.
   */
  url(): string;
  /**
   * The address of the resource.
   *
   * @returns It, with a slash at its end.
   */
  toString(): string;
  /**
   * The address of the resource, for JSON.
   *
   * @returns It, with a slash at its end.
   */
  toJSON(): string;
}

/** A resource that can be called with the id of a row. */
export interface CallableResource<Got, Row> extends ResourceMethods<Got, Row> {
  /** The same resource. */
  // deno-lint-ignore no-explicit-any
  (): CallableResource<Got, Row> & { readonly [name: string]: any };
  /** The row with this id or slug. */
  // deno-lint-ignore no-explicit-any
  (id: ResourceId): CallableResource<Row, Row> & { readonly [name: string]: any };
}

/** A resource of any depth. Names that TypeScript does not know are resources below it. */
// deno-lint-ignore no-explicit-any
export type RestResource<Got = any, Row = any> = CallableResource<Got, Row> & {
  // deno-lint-ignore no-explicit-any
  readonly [name: string]: any;
};

interface Place {
  readonly client: Client;
  readonly path: string;
}

/** Kept beside the objects, so that nothing of it shows in an inspection or a spread. */
const places = new WeakMap<object, Place>();

function placeOf(resource: object): Place {
  const place = places.get(resource);
  if (!place) throw new TypeError("Cannot use this method as it was taken off its resource");
  return place;
}

/** Members of every resource, the prototype of the proxies' targets. */
class ResourceMembers implements ResourceMethods<unknown, unknown> {
  static {
    inspectable(this.prototype, (it) => `RestResource ${it.url()}`);
  }

  get(params?: Params, options?: CallOptions): Promise<unknown> {
    return call(this, "GET", undefined, params, options);
  }

  post(data?: unknown, params?: Params, options?: CallOptions): Promise<unknown> {
    return call(this, "POST", data, params, options);
  }

  put(data?: unknown, params?: Params, options?: CallOptions): Promise<unknown> {
    return call(this, "PUT", data, params, options);
  }

  patch(data?: unknown, params?: Params, options?: CallOptions): Promise<unknown> {
    return call(this, "PATCH", data, params, options);
  }

  async delete(data?: unknown, params?: Params, options?: CallOptions): Promise<true> {
    const { client, path } = placeOf(this);
    const body = data === undefined ? undefined : jsonBody(data);
    const call = { method: "DELETE", path: path + queryText(params), body, options };
    // Gone at a second attempt: the first one did it, and only its answer was lost.
    const answer = await client.send({ ...call, goneIsDone: true });
    if (answerValue("DELETE", answer) instanceof Uint8Array) answerJson("DELETE", answer);
    return true;
  }

  pages(params?: Params, options?: CallOptions): AsyncIterable<Page<unknown>> {
    const { client, path } = placeOf(this);
    return readPages(client, path, params, options);
  }

  list(params?: Params, options?: CallOptions): AsyncIterable<unknown> {
    return readRows(this.pages(params, options));
  }

  async all(params?: Params, options: AllOptions = {}): Promise<unknown[]> {
    const { limit, ...callOptions } = options;
    return await readAll(this.pages(params, callOptions), limit);
  }

  async uploadFp(file: UploadFile, options?: UploadOptions): Promise<unknown> {
    const { client, path } = placeOf(this);
    return await upload(client, path, () => uploadSource(file), options);
  }

  async uploadFile(path: string, options?: UploadOptions): Promise<unknown> {
    const place = placeOf(this);
    const open = async () => (await import("./_node_file.ts")).fileSource(path);
    return await upload(place.client, place.path, open, options);
  }

  url(): string {
    const { client, path } = placeOf(this);
    return `${client.baseUrl}/${path}`;
  }

  toString(): string {
    return this.url();
  }

  toJSON(): string {
    return this.url();
  }
}

async function call(
  resource: object,
  method: string,
  data: unknown,
  params: Params | undefined,
  options: CallOptions | undefined,
): Promise<unknown> {
  const { client, path } = placeOf(resource);
  const body = method === "GET" ? undefined : jsonBody(data);
  const answer = await client.send({ method, path: path + queryText(params), body, options });
  return answerValue(method, answer);
}

/** The resource at a path that ends in a slash. */
export function resourceAt(client: Client, path: string): RestResource {
  const place = { client, path };
  const proxy = callable(
    ResourceMembers.prototype,
    (...ids) => ids.length === 0 ? proxy : resourceAt(client, `${path}${idSegment(ids[0])}/`),
    (name) => resourceAt(client, `${path}${name}/`),
    (target) => places.set(target, place),
  );
  places.set(proxy, place);
  return proxy as RestResource;
}
