/**
 * The used parts of LogTape, in a separate module, so that bundlers leave out the rest.
 *
 * @module
 */
export { getLogger } from "@logtape/logtape";
