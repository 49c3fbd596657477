/**
 * Builds a proposal: options with reasons, and questions.
 *
 * @module
 */

import { isRecord } from "../_is_record.ts";

/** How sure a proposal is. */
export type Confidence = "certain" | "likely" | "unsure";

/** One option of a proposal, and why. */
export interface ProposedOption {
  /** The option, such as `columns.value`. */
  readonly option: string;
  /** The proposed value. */
  readonly value: unknown;
  /** The reason in the text. */
  readonly reason: string;
  /** How sure it is. */
  readonly confidence: Confidence;
}

/** A question that the text does not answer. */
export interface OpenQuestion {
  /** The option that answers it. */
  readonly option: string;
  /** The question, one sentence. */
  readonly question: string;
  /** Possible answers. */
  readonly choices?: readonly string[];
}

/** A proposal, for a person to look at. */
export interface ProfileProposal {
  /** The options, as a profile. */
  readonly profile: Record<string, unknown>;
  /** The options with their reasons. */
  readonly options: readonly ProposedOption[];
  /** Questions about what could not be determined. */
  readonly questions: readonly OpenQuestion[];
}

/** Collects a proposal. */
export class Proposal {
  readonly #options: ProposedOption[] = [];
  readonly #questions: OpenQuestion[] = [];

  /** Proposes a value. */
  propose(option: string, value: unknown, confidence: Confidence, reason: string): void {
    this.#options.push({ option, value, reason, confidence });
  }

  /** Asks a question that the text does not answer. */
  ask(option: string, question: string, choices?: readonly string[]): void {
    this.#questions.push({ option, question, ...(choices && { choices }) });
  }

  /** The proposal as a profile. */
  result(): ProfileProposal {
    const profile: Record<string, unknown> = {};
    for (const { option, value } of this.#options) {
      const [name, inner] = option.split(".");
      if (inner === undefined) profile[name] = value;
      else {
        const before = profile[name];
        profile[name] = { ...isRecord(before) && before, [inner]: value };
      }
    }
    return { profile, options: this.#options, questions: this.#questions };
  }
}
