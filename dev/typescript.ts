/** `typescript`: its parser counts casts and unused exports. */
export { default } from "npm:typescript@5.9.3";
