/**
 * Proposes how to read a text: its encoding, JSON or a table, and its columns.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { ColumnGuesser } from "./_propose_columns.ts";
import { jsonProposal } from "./_propose_json.ts";
import { type ProfileProposal, Proposal } from "./_proposal.ts";
import { tableGuesses } from "./_propose_table.ts";
import { encodingOf } from "./_propose_encoding.ts";
import { textPieces } from "./_text_pieces.ts";
import { looksLikeJson } from "./foreign.ts";

/** Proposes a profile; `partial` says whether the bytes are only the beginning of the text. */
export async function propose(
  bytes: Uint8Array,
  name: string,
  partial: boolean,
): Promise<ProfileProposal> {
  const proposal = new Proposal();
  let text = await textOf(bytes, partial, proposal);
  if (partial) text = text.slice(0, text.lastIndexOf("\n") + 1 || undefined);
  const isJson = looksLikeJson(text.slice(0, 200));
  if (isJson) jsonProposal(text, proposal);
  else csvProposal(text, name, partial, proposal);
  return proposal.result();
}

/** The text, decoded from its likely encoding. */
async function textOf(bytes: Uint8Array, partial: boolean, proposal: Proposal): Promise<string> {
  const read = async (encoding?: string): Promise<Uint8Array> => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    const pieces: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const piece of textPieces(source(), encoding)) {
        pieces.push(piece);
        length += piece.length;
        if (length > 4 << 20) break;
      }
    } catch (error) {
      // The beginning of compressed bytes that are cut off can still be read.
      if (!partial || length === 0) throw error;
    }
    return joinedBytes(pieces);
  };
  let found = await read();
  const zeros = found.subarray(0, 200).reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (zeros > Math.min(200, found.length) / 3) {
    const little = found[1] === 0;
    const encoding = little ? "utf-16le" : "utf-16be";
    proposal.propose("encoding", encoding, "likely", "every other byte is zero");
    found = await read(encoding);
  }
  const text = new TextDecoder().decode(found);
  // A character may be cut at the end of a part.
  if (!text.slice(0, -1).includes("\ufffd")) return text;
  const { encoding, sure, reason } = encodingOf(found);
  proposal.propose("encoding", encoding, sure ? "likely" : "unsure", reason);
  return new TextDecoder(encoding).decode(found);
}

function csvProposal(text: string, name: string, partial: boolean, proposal: Proposal): void {
  proposal.propose("format", "csv", "certain", "it is text that does not begin like JSON");
  const sep = /^"?sep=(.{1,4}?)"?\r?\n/i.exec(text);
  const body = sep ? text.slice(sep[0].length) : text;
  const guesses = tableGuesses(body);
  const best = sep
    ? guesses.find(({ delimiter }) => delimiter === sep[1]) ?? guesses[0]
    : /\.(?:tsv|tab)$/i.test(name)
    ? guesses.find(({ delimiter }) => delimiter === "\t") ?? guesses[0]
    : guesses[0];
  if (!best) {
    proposal.ask(
      "delimiter",
      "No delimiter divides the lines into columns: which delimiter is it?",
    );
    return;
  }
  const { delimiter, quote, agreeing, width } = best;
  const second = guesses.find((it) => it.delimiter !== delimiter);
  if (delimiter !== "," && !sep) {
    const close = second !== undefined && best.score - second.score < 0.3;
    const part = `${Math.round(agreeing * 100)}% of the rows have ${width} columns with it`;
    proposal.propose(
      "delimiter",
      delimiter === "\t" ? "tab" : delimiter,
      close ? "unsure" : "likely",
      part,
    );
  }
  if (quote !== '"') proposal.propose("quote", quote, "likely", "fields begin and end with it");
  new ColumnGuesser(best, partial, sep ? 1 : 0, proposal).run();
}
