/**
 * IdsTooLow, the error of a report that the cloud does not count.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";

/** The ids of a report are not above `last_id`. A DataError, also by its name. */
export class IdsTooLow extends DataError {
  /** `last_id` of the streamer. */
  readonly lastId: Id;

  /** `what` could not be done, and `why`, where more is known. */
  constructor(what: string, lastId: Id, why = "") {
    super(
      `${what}: its ids are too low. last_id of the streamer is already ${lastId}, and the cloud counts ` +
        `only readings with ids from ${BigInt(lastId) + 1n} on${why && `. ${why}`}`,
    );
    this.lastId = lastId;
  }
}
