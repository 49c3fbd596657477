/**
 * `apache-arrow`. Not in the import map: Deno would download it with every program.
 *
 * @module
 */
export * from "npm:apache-arrow@21.2.0";
