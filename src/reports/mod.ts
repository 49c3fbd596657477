/**
 * Readings and streamer reports.
 *
 * @module
 */
export {};
