/**
 * Identifies the set of processes in which a process id is unique.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { errorCode } from "./_error_fields.ts";

let known: string | undefined;

/**
 * Eight digits for the set of processes whose ids this process can see: the host, its current start
 * and, on Linux, the namespace of process ids. Containers often share a host name, and process 7 of one
 * of them says nothing about process 7 of another.
 */
export function processSpace(): string {
  return known ??= createHash("sha256").update(
    [
      hostname(),
      ...linux(() => [
        readlinkSync("/proc/self/ns/pid"),
        readFileSync("/proc/sys/kernel/random/boot_id", "utf8"),
      ]),
    ].join("\n"),
  ).digest("hex").slice(0, 8);
}

function linux(read: () => string[]): string[] {
  if (process.platform !== "linux") return [];
  try {
    return read();
  } catch {
    // Without /proc this is unknown: a unique word, so that ids are never compared.
    return [crypto.randomUUID()];
  }
}

/** Whether a process of the same {@linkcode processSpace} exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
