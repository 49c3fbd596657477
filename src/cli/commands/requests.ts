/**
 * `archfx get | post | put | patch | delete`: any resource of the cloud.
 *
 * @module
 */
import { withoutMark } from "../../_byte_order_mark.ts";
import { errorMessage } from "../../_error_fields.ts";
import { isRecord } from "../../_is_record.ts";
import { unshared } from "../../_unshared.ts";
import type { Api, RestResource } from "../../api/mod.ts";
import { counted } from "../../_plural.ts";
import { printable, printableJson } from "../../_printable.ts";
import { ArgumentError, type Arguments } from "../../main/argument_parser.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, fileError } from "../_errors.ts";
import { fieldList, printObject, printRows } from "../_rows.ts";
import { addCloudArguments, withSession } from "../_session.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";

const ANSWER =
  'The object in the response is printed as by "archfx get". With --json: that object.';

/** `archfx get`. */
export const get: Command = requestCommand(
  "get",
  "Get a resource: a table on a terminal, a line of JSON for each row (NDJSON) in a pipe. With --json: " +
    "an array of rows for a list, an object otherwise.",
  [
    ["archfx get site --query org=acme --all --json", "Every site of an organization"],
    ["archfx get device/d--0000-0000-0000-0001 --fields slug,label", "Two fields of one device"],
    ["archfx get stream --all --fields slug | head", "The first streams"],
  ],
);

/** `archfx post`. */
export const post: Command = requestCommand("post", `Create a resource. ${ANSWER}`, [
  [`archfx post org --data '{"name": "My new Org"}'`, "A new organization"],
  ["archfx post site --data @site.json", "From a file"],
]);

/** `archfx put`. */
export const put: Command = requestCommand("put", `Replace a resource. ${ANSWER}`, [
  [`archfx put org/acme --data '{"name": "Acme", "about": "About Org"}'`, "A new description"],
]);

/** `archfx patch`. */
export const patch: Command = requestCommand("patch", `Change fields of a resource. ${ANSWER}`, [
  [`archfx patch org/acme --data '{"about": "About new Org"}'`, "A new description"],
]);

/** `archfx delete`. */
export const remove: Command = requestCommand(
  "delete",
  "Delete a resource. Users can delete only some kinds. With --json: { deleted }, the path.",
  [["archfx delete org/my-new-org", "Delete an organization"]],
);

function requestCommand(
  method: Method,
  description: string,
  examples: Command["examples"],
): Command {
  return {
    description,
    examples,
    arguments(parser) {
      parser
        .addArgument("path", {
          metavar: "PATH",
          help: "The resource: org, site/ps--0000-0001, machine/d--0000-0001-0000-0001/devices",
        })
        .addArgument("--query", {
          metavar: "NAME=VALUE",
          many: true,
          type: queryPair,
          help: "A query parameter",
        });
      if (method === "get") {
        parser.addArgument("--all", { type: "boolean", help: "Every page of a list" });
        parser.addArgument("--limit", {
          type: "integer",
          metavar: "N",
          help: "With --all: the largest number of rows",
        });
      } else if (method !== "delete") {
        parser.addArgument("--data", {
          metavar: "JSON",
          help: "The body: JSON, @FILE, or - for standard input",
        });
      }
      if (method !== "delete") {
        parser.addArgument("--fields", {
          metavar: "A,B,C",
          type: fieldList,
          help: "Print only these fields; use dots for nested ones",
        });
      }
      addCloudArguments(parser);
    },
    async run(context, args) {
      const { segments, params } = parsePath(args.path, args.query);
      const body = args.data === undefined ? undefined : await readBody(context, args.data);
      await withSession(context, args, async (api) => {
        const resource = resourceAt(api, segments);
        if (method === "get") return await getRows(context, args, resource, params);
        if (method === "delete") return await deleteOne(context, resource, segments, params);
        const answer = await resource[method](body, params);
        if (answer !== undefined) await print(context, answer, args.fields);
      });
    },
  };
}

async function deleteOne(
  context: Context,
  resource: RestResource,
  segments: readonly string[],
  params: Params,
): Promise<void> {
  const path = segments.join("/");
  await resource.delete(undefined, params);
  if (context.json) await context.print(printableJson({ deleted: path }));
  else context.note(`Deleted ${path}`);
}

type Params = Record<string, string | string[]>;

function queryPair(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new RangeError("it must be like NAME=VALUE");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Splits `/api/v1/site/?org=acme` into segments and parameters. */
function parsePath(
  text: string,
  query: readonly [string, string][],
): { segments: string[]; params: Params } {
  const invalid = (rule: string) => new ArgumentError(`Cannot use "${text}" as PATH: ${rule}`);
  if (/^[a-z]+:\/\//i.test(text)) {
    throw invalid("give only the path of the resource; --domain sets the cloud");
  }
  const [path, search] = text.split("?", 2);
  const segments = path.replace(/^\/?(?:api\/v1\/)?/, "").replace(/\/+$/, "").split("/");
  if (segments.includes("")) throw invalid("there must be a name between two slashes");
  const params: Params = {};
  for (const [name, value] of [...new URLSearchParams(search ?? ""), ...query]) {
    const before = params[name];
    params[name] = before === undefined ? value : [before, value].flat();
  }
  return { segments, params };
}

function resourceAt(api: Api, segments: readonly string[]): RestResource {
  const [first, ...rest] = segments;
  try {
    return rest.reduce((resource: RestResource, segment) => resource(segment), api(first));
  } catch (error) {
    throw error instanceof TypeError ? new ArgumentError(error.message) : error;
  }
}

async function readBody(context: Context, text: string): Promise<unknown> {
  let json = text;
  let source = "--data";
  if (text === "-") {
    source = "standard input";
    const pieces: Uint8Array[] = [];
    for await (const piece of context.io.input()) pieces.push(piece);
    json = new TextDecoder().decode(await new Blob(pieces.map(unshared)).arrayBuffer());
  } else if (text.startsWith("@")) {
    source = text.slice(1);
    const { readFile } = await import("node:fs/promises");
    try {
      json = withoutMark(await readFile(source, "utf8"));
    } catch (error) {
      throw fileError("read", source, error);
    }
  }
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CommandError(
      `Cannot read ${source === "--data" ? source : `"${source}"`} as JSON: ${errorMessage(error)}`,
      source === "--data" ? 2 : 1,
    );
  }
}

async function getRows(
  context: Context,
  args: Arguments,
  resource: RestResource,
  params: Params,
): Promise<void> {
  if (!args.all) {
    if (args.limit !== undefined) throw new ArgumentError('Cannot use "--limit" without "--all"');
    await print(context, await resource.get(params), args.fields);
    return;
  }
  const rows = resource.list(params);
  const count = await printRows(context, limited(rows, args.limit ?? Infinity), args.fields);
  context.trace(counted(count, "row"));
}

async function* limited(rows: AsyncIterable<unknown>, limit: number): AsyncGenerator<unknown> {
  let count = 0;
  if (limit <= 0) return;
  for await (const row of rows) {
    yield row;
    if (++count >= limit) return;
  }
}

async function print(
  context: Context,
  answer: unknown,
  fields: readonly string[] | undefined,
): Promise<void> {
  if (answer instanceof Uint8Array) return await printBytes(context, answer);
  if (Array.isArray(answer)) await printRows(context, answer, fields);
  else if (isRecord(answer) && Array.isArray(answer.results)) {
    const { results, count, next } = answer;
    await printRows(context, results, fields);
    if (next) {
      context.note(`${results.length} of ${counted(Number(count), "row")}: --all for the rest`);
    }
  } else await printObject(context, answer, fields);
}

/** Prints a response that is not JSON: unchanged in a pipe, escaped on a terminal. */
async function printBytes(context: Context, bytes: Uint8Array): Promise<void> {
  if (!context.io.outputIsTerminal) return await context.io.write(bytes);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError(
      `Cannot show ${
        counted(bytes.length, "byte")
      } that are not text: send them to a file with "> FILE"`,
    );
  }
  for (const line of text.trimEnd().split(/\r?\n/)) await context.print(printable(line));
}
