/**
 * BaseMain, the frame of a script.
 *
 * @module
 */
export {};
