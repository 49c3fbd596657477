/**
 * What is used of LogTape, in a module of its own: bundlers then leave out the rest.
 *
 * @module
 */
export { getLogger } from "@logtape/logtape";
