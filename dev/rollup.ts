/** `rollup`: joins the modules of the npm package. */
export * from "npm:rollup@4.68.5";
