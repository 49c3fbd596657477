/**
 * ArchFX Cloud on this machine.
 *
 * @module
 */
export {};
