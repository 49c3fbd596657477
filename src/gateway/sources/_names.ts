/**
 * Determines which files of a folder are read.
 *
 * @module
 */

/** Names of files that are being written, or that contain bad rows. */
const NEVER = /^\.|\.(?:bad|part|tmp)$/i;

/** Whether a name matches a pattern with `*` and `?`. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  if (typeof pattern !== "string" || pattern === "" || pattern.includes("/")) {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(pattern)
      } as "match": it must be a name with * and ?, without folders`,
    );
  }
  const text = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll(
    "?",
    ".",
  );
  const expression = new RegExp(`^${text}$`, "s"); // A name may contain a line feed.
  return (name) => !NEVER.test(name) && expression.test(name);
}
