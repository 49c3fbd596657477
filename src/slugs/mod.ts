/**
 * Slugs: the globally unique, readable ids of ArchFX Cloud.
 *
 * @module
 */
export {};
