/**
 * `mqtt`: an optional peer of `./gateway`, whose import the sources hide from Deno. It is imported here for the
 * lock file.
 */
export * from "npm:mqtt@5.16.0";
