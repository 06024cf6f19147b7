// What a piece of the museum is. Each piece is a module with these exports.
import type { Coroutine } from 'treadle';
import type { ExploreOptions } from 'treadle/testing';

export interface Link {
  readonly name: string;
  readonly url: string;
}

/** Five short texts. They are wrapped when they are printed, so their line breaks mean nothing. */
export interface Story {
  /** What the program wanted. */
  readonly wanted: string;
  /** The order of steps that kills it. */
  readonly killedBy: string;
  /** Why that order kills it. */
  readonly because: string;
  /** How the project mended it. */
  readonly mended: string;
  /** How treadle avoids it, or what it cannot avoid. */
  readonly inTreadle: string;
}

/** What all pieces have. */
export interface Piece {
  /** The bug in one line. */
  readonly title: string;
  /** Where it happened: the project, and its reports. */
  readonly project: string;
  readonly history: readonly Link[];
  readonly story: Story;
}

/** A piece that `explore` finds. Eleven of the twelve are such. */
export interface ExploredPiece extends Piece {
  /** The program with the fault. Each call makes a new one. */
  readonly broken: () => Coroutine<unknown>;
  /** The same program with the one line that mends it, which carries the comment `// mends it`. */
  readonly fixed: () => Coroutine<unknown>;
  /** The options of `explore` that find the fault. */
  readonly find: ExploreOptions<unknown>;
  /** The shrunk schedule that was found, as `replay` takes it. A playground opens at its fatal step. */
  readonly schedule: string;
}

/** A piece that compares processes, because what goes wrong is how a process ends. */
export interface ComparedPiece extends Piece {
  /** Programs beside this file, each run in a process of its own, and the exit code to expect. */
  readonly programs: readonly ComparedProgram[];
}

export interface ComparedProgram {
  readonly file: string;
  readonly about: string;
}
