import type { JobDescriptionInput } from '@pilotfish/api-contract';

/** A description read from text. `inputFiles`: local files that the caller packs and uploads before submitting. */
export interface ParsedJob {
  readonly description: JobDescriptionInput;
  readonly inputFiles: readonly string[];
  /** Only of a script: the file that goes into the input sandbox beside `inputFiles`. */
  readonly scriptFile?: { readonly name: string; readonly content: string };
}

export interface ParsedScript extends ParsedJob {
  readonly scriptFile: { readonly name: string; readonly content: string };
}
