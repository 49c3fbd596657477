/**
 * archfx, the command.
 *
 * @module
 */
export {};
