/**
 * The parts of LogTape that are used, in a separate module, so that bundlers leave out the rest.
 *
 * @module
 */
export { getLogger } from "@logtape/logtape";
