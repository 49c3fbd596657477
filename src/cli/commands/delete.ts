/**
 * `archfx delete`.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { requestCommand } from "../_request_command.ts";

/** The command. */
export const remove: Command = requestCommand(
  "delete",
  "Delete a resource. The cloud lets users delete some kinds alone. With --json: { deleted }, the path.",
  [
    ["archfx delete org/my-new-org", "Delete an organization"],
  ],
);
