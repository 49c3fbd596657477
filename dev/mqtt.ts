/** `mqtt`, for tests: an optional peer of `./gateway`. */
export { default } from "npm:mqtt@5.16.0";
