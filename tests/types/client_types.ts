/**
 * Code that the types of the client accept, and mistakes that they find. It is only checked, never run: by
 * `deno check` here, and under `nodenext` and `bundler` by `deno task test:npm`.
 *
 * Each mistake is an error of the compiler: `@ts-expect-error` fails if the next line has no error.
 *
 * @module
 */
import {
  Api,
  type Device,
  type HttpValidationError,
  type KnownResources,
  type MachineCreate,
  type Org,
  type Page,
  type RestResource,
  type Row,
  stream,
  type Tokens,
} from "@archfx/cloud";

declare const api: Api;

/** Correct uses. */
export async function correct(): Promise<void> {
  const page: Page<Org> = await api.org.get({ page: 2, page_size: 10 });
  const org: Org = page.results[0];
  const slug: string = org.slug;
  const unknownField: unknown = org.some_new_field;
  await api.org.post({ name: "Acme" }, {}, { retries: 1, signal: AbortSignal.timeout(5) });
  await api.org(slug).patch({ about: "x" });
  await api.org(slug).put({ name: "Acme", about: "" });
  const done: true = await api.org(slug).delete();
  const devices: Device[] = await api.device.all({ org__slug: slug, all: 1 }, { limit: 5 });
  for await (const row of api.machine.list({ line: "pl--1", page_size: 5 })) row.brand.trim();
  for await (const { count, results } of api.line.pages({ site: "ps--1" })) count + results.length;
  const rows = await api.machine(devices[0].slug).devices.get();
  rows.results[0].connector_type.trim();
  const [streamer] = await api.device("d--1").streamers.get();
  streamer.last_id.toFixed();
  const machine: MachineCreate = { label: "Printer", parent: "pl--0000-0001", active: true };
  await api.machine.post(machine);
  await api.device("d--1").patch({ parent: null, lat: 1.5, state: "N1" });
  await api.data.post([{ stream: "sl--1", timestamp: new Date(), value: 1 }]);
  await api.data.get({ filter: "d--1", start: new Date(), lastn: 5 });
  await api.streamer.get({ device: "d--1" });
  await api.streamer.report.get({ streamer__slug: "t--1" });
  await api("streamer/report").uploadFp(new Uint8Array(1), { params: { timestamp: new Date() } });
  const email: string = (await api.auth("user-info").get()).email;
  const stage: string = (await api.server.get()).stage;
  const anything: unknown = await api("some/other/path").get({ any: "parameter" });
  const shift = await api<{ results: { id: number }[] }>("shift").get();
  shift.results[0].id.toFixed();
  const extra: unknown = await api.site("ps--1")("extra").get();
  const untyped: RestResource = api("anything");
  await untyped(5).post({ any: "thing" });
  const response: Response = await api.org.request("GET", { params: { page: 1 } });
  const names: (keyof KnownResources)[] = ["org", "site", "streampages"];
  for await (const { length } of stream(api, "sl--1--1--5051").readings({ last: "2h" })) length + 1;
  console.log(unknownField, done, email, stage, anything, extra, response.status, names);
}

/** Options and hooks. */
export const made: Api = new Api("https://arch.archfx.io", {
  renewTokens: (tokens: Tokens, { signal }) => Promise.resolve(signal.aborted ? undefined : tokens),
  onRequest: ({ headers, attempt }) => headers.set("x-attempt", String(attempt)),
  onResponse: ({ status, ms, error }) =>
    console.log(status?.toFixed(), ms.toFixed(), error?.message),
});

/** A class of the application has its own fields and methods. */
export class Mine extends Api {
  readonly site_name = "north";
  orgs(): Promise<Page<Org>> {
    return this.org.get();
  }
}

/** Mistakes. */
export async function mistakes(error: HttpValidationError, row: Row): Promise<void> {
  const org = await api.org("acme").get();
  // @ts-expect-error api.login
  await api.logn({ email: "e", password: "p" });
  // @ts-expect-error a misspelt field of a row is unknown, not a text
  org.slgu.trim();
  // @ts-expect-error the same, as the id of another resource
  api.org(org.slgu);
  // @ts-expect-error get
  await api.org.gett();
  // @ts-expect-error api.site
  await api.sites.get();
  // @ts-expect-error page_size
  await api.org.get({ page_sise: 5 });
  // @ts-expect-error page_size of a list
  await api.org.all({ page_sise: 5 });
  // @ts-expect-error devices
  await api.machine("d--1").device.get();
  // @ts-expect-error about
  await api.org("acme").patch({ abuot: "x" });
  // @ts-expect-error name is required
  await api.org.post({ about: "x" });
  // @ts-expect-error a name is text
  await api.org.post({ name: 5 });
  // @ts-expect-error the slug is made by the server
  await api.org("acme").patch({ slug: "x" });
  // @ts-expect-error site, not sites
  await api.area.get({ sites: "ps--1" });
  // @ts-expect-error an area has no such filter
  await api.area.get({ line: "pl--1" });
  // @ts-expect-error reports are uploaded, not posted
  await api("streamer/report").post({ device: 1 });
  // @ts-expect-error results
  (await api.org.get()).result;
  // @ts-expect-error a page is not a row
  (await api.org.get()).slug;
  // @ts-expect-error timeoutMs
  await api.org.get({}, { timeout: 5 });
  // @ts-expect-error timeoutMs
  new Api("https://arch.archfx.io", { timeout: 5 });
  // @ts-expect-error token is read-only
  api.token = "x";
  // @ts-expect-error a row of an unknown resource has unknown fields
  row.name.trim();
  // @ts-expect-error an unknown resource returns unknown
  (await api("shift").get()).results;
  // @ts-expect-error stream is a known resource, streams is not
  await api.streams.get();
  // @ts-expect-error a reading needs a stream
  await api.data.post({ timestamp: "2026-01-01T00:00Z", value: 1 });
  // @ts-expect-error the parts of a request
  await api.org.request("GET", { query: { page: 1 } });
  // @ts-expect-error email
  await api.login({ mail: "e", password: "p" });
  // @ts-expect-error fields
  error.field;
  // @ts-expect-error last is a range, not a number
  stream(api, "sl--1--1--5051").readings({ last: 2 });
}
