import type { LengthFlags, TrainFlags } from "../flags.ts";
import type { Output } from "../output.ts";

export interface ResumeFlags extends LengthFlags {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly guard?: boolean;
}

export interface SampleFlags {
  readonly n?: number;
  readonly seed?: number;
  readonly class?: string;
  readonly truncation?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly prefix?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export interface EvalFlags {
  readonly samples?: string;
  readonly data?: string;
  readonly metrics?: readonly string[];
  readonly network?: string;
  readonly n?: number;
  readonly temperatures?: readonly number[];
  readonly seed?: number;
  readonly json?: boolean;
}

export interface ExportFlags {
  readonly format?: string;
  readonly truncated?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

/** What generators make, as the command line sees it: one file here and one line in `index.ts`. */
export interface RunKind {
  /** As `kind` in a run's `config.json`. */
  readonly name: string;
  readonly recipes: readonly {
    readonly name: string;
    readonly summary: string;
    readonly config: object;
  }[];
  /** Flags that mean nothing here, with what to do in place of them. */
  readonly refused: Readonly<Record<string, string>>;
  /** The recipes as rows: name, model, data, length, what it is. */
  rows(): string[][];
  train(recipe: string, flags: TrainFlags, output: Output): Promise<void>;
  resume(run: string, flags: ResumeFlags, output: Output): Promise<void>;
  sample(run: string, flags: SampleFlags, output: Output): Promise<void>;
  evaluate(run: string, flags: EvalFlags, output: Output): Promise<void>;
  export(run: string, flags: ExportFlags, output: Output): Promise<void>;
}
