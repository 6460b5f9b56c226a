import type { Terminal } from "./terminal.ts";

export interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly help: string;
  /** What it takes is a file or a folder, or one of these words: a shell can complete it. */
  readonly completes?: "file" | "folder" | readonly string[];
}

export type Flags = Readonly<Record<string, Flag>>;

/** What follows a verb that does several things, such as `add` of `users add`. */
export interface Action {
  /** What it is done to, as help names it ("EMAIL"). Without it, the action takes no more words. */
  readonly takes?: string;
  readonly help: string;
}

export interface Command {
  readonly values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  /** What was written besides the flags; of a verb with actions, the first is one of them. */
  readonly words: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a module of verbs/ exports: it is loaded when its verb is asked for. */
export interface Verb {
  readonly flags: Flags;
  /** What to type, for example. */
  readonly example: string;
  /** Its one word besides the flags, as help names it; without it and without actions, it has none. */
  readonly takes?: string;
  /** How many words it takes, where `takes` names more than one; 1 without it. */
  readonly mostWords?: number;
  /** Its actions by their names. What is done when none is named is for the verb to say. */
  readonly actions?: Readonly<Record<string, Action>>;
  /**
   * @returns the exit code: 0 done, 1 found something, 2 misused or misconfigured
   * @throws Misuse with what to type next
   */
  run(command: Command, environment: Environment, terminal: Terminal): Promise<number> | number;
}
