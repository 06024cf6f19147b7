// What a demo says, asked of its module, in the process of the spec: a process of its own costs a third of a second of
// the processor, and the demos have dozens of complaints. That `node demos` says the same is seen with a few of each.
import { setTimeout as wait } from 'node:timers/promises';
import { demos } from './demo.ts';

export interface Module {
  readonly help: string;
  readonly default: (argv: string[]) => void;
}

export interface Said {
  readonly out: string;
  readonly err: string;
  /** The code with which it wants to end the process. */
  readonly code: number | undefined;
}

/** How long a demo may take to complain, in ms. */
const LIMIT = 30_000;

/** The demo as it is imported: beside this file, as plain JavaScript. */
export const moduleOf = (path: string): Promise<Module> =>
  import(new URL(`../../${path.replace(/\.ts$/, '.js')}`, import.meta.url).href);

/** What the work writes to stdout and stderr, and the code that it ends the process with, or leaves for its end. */
export async function watched(work: () => unknown): Promise<Said> {
  const seen = { out: '', err: '', code: undefined as number | undefined };
  const before = [process.stdout.write, process.stderr.write, process.exit, process.exitCode] as const;
  const listeners = process.stdout.listeners('error');
  const over = new Error('process.exit');
  process.stdout.write = (text) => ((seen.out += text), true);
  process.stderr.write = (text) => ((seen.err += text), true);
  process.exit = (code) => {
    seen.code = Number(code);
    throw over;
  };
  process.exitCode = undefined;
  try {
    await work();
  } catch (error) {
    if (error !== over) throw error;
  } finally {
    if (process.exitCode !== undefined) seen.code ??= Number(process.exitCode);
    [process.stdout.write, process.stderr.write, process.exit, process.exitCode] = before;
    for (const listener of process.stdout.listeners('error'))
      if (!listeners.includes(listener)) process.stdout.off('error', listener as () => void);
  }
  return seen;
}

/** How the demo refuses these arguments, the first of which is its name. The complaint is the last thing that it does. */
export async function refusal(...[name, ...argv]: readonly string[]): Promise<Said> {
  const { path } = demos.find((one) => one.name === name)!;
  const { default: run } = await moduleOf(path);
  return watched(async () => {
    run(argv);
    // It may complain in a task.
    for (const began = performance.now(); process.exitCode === undefined; await wait(2))
      if (performance.now() - began > LIMIT) throw new Error(`${name} ${argv.join(' ')} was not refused`);
    await wait(2);
  });
}
