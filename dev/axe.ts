/** `axe-core`: finds what is not accessible on a page. */
export { default } from "npm:axe-core@4.14.1";
