/**
 * RestResource, one path of the API and its methods.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { answerJson, answerValue, rawResponse } from "./_answer.ts";
import { jsonBody } from "./_body.ts";
import { callable } from "./_callable.ts";
import type { Client } from "./_client.ts";
import { idSegment } from "./_path.ts";
import { type Params, queryText } from "./_query.ts";
import type { AllOptions, CallOptions } from "./options.ts";
import type { Page, RequestParts, ResourceMethods, RestResource } from "./resources.ts";
import { readAll, readPages, readRows } from "./pages.ts";
import type { UploadFile, UploadOptions } from "./options.ts";

interface Place {
  readonly client: Client;
  readonly path: string;
}

/** Kept beside the objects, so that an inspection or a spread does not show it. */
const places = new WeakMap<object, Place>();

function placeOf(resource: object): Place {
  const place = places.get(resource);
  if (!place) {
    throw new TypeError("Cannot use this method: call it on its resource, as in api.org.get()");
  }
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
    // A 404 on a second attempt: the first one deleted the row, and only its response was lost.
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

  async request(
    method: string,
    parts: RequestParts = {},
    options: CallOptions = {},
  ): Promise<Response> {
    const { client, path } = placeOf(this);
    checkNames(parts, ["params", "data", "headers"], "part of a request");
    const { params, data, headers } = parts;
    const name = checkMethod(method);
    const answer = await client.send({
      method: name,
      path: path + queryText(params),
      body: data === undefined && BODILESS.has(name) ? undefined : jsonBody(data),
      options: { ...options, headers: { ...headers, ...options.headers } },
      accept: "all",
    });
    return rawResponse(answer);
  }

  async uploadFp(file: UploadFile, options?: UploadOptions): Promise<unknown> {
    const { client, path } = placeOf(this);
    const { upload, uploadSource } = await uploads();
    return await upload(client, path, () => uploadSource(file), options);
  }

  async uploadFile(path: string, options?: UploadOptions): Promise<unknown> {
    const place = placeOf(this);
    const { upload } = await uploads();
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

let loading: Promise<typeof import("./upload.ts")> | undefined;

/**
 * The code for uploads, loaded by the first upload. All uploads wait for the same promise, so they keep their
 * order.
 */
function uploads(): Promise<typeof import("./upload.ts")> {
  return loading ??= import("./upload.ts").catch((error) => {
    loading = undefined; // In a browser, the next attempt may succeed.
    throw error;
  });
}

/** Methods that are sent without a body if there is no data. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

function checkMethod(method: unknown): string {
  if (typeof method === "string" && /^[A-Za-z]{1,20}$/.test(method)) return method.toUpperCase();
  throw new TypeError(`Cannot use ${shown(method)} as "method": it must be the name of a method`);
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
    {
      what: "a resource",
      why: () => "it would have no effect, since every other property is a resource below",
      open: false,
    },
  );
  places.set(proxy, place);
  // The proxy can be called, but a class cannot declare that.
  return proxy as RestResource;
}
