/** `mqtt`: an optional peer of `./gateway`, which the sources hide from Deno. Named here so that the lock file has it. */
export * from "npm:mqtt@5.16.0";
