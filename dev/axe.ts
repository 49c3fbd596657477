/** `axe-core`: finds accessibility problems of a page. */
export { default } from "npm:axe-core@4.14.1";
