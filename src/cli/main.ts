#!/usr/bin/env -S deno run -A
/**
 * The entry of `archfx`: runs the command that the arguments name, and exits with its code.
 *
 * @module
 */
import process from "node:process";
import { exitProcess } from "./_io.ts";
import { run } from "./mod.ts";

await exitProcess(await run(process.argv.slice(2)));
