/** `uplot`: the charts of the pages, which are bundled. */
export { default } from "npm:uplot@1.6.32";
