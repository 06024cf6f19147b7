// Which of the program's flags of Node its workers get: loaders (`--import`, `--require`) and whatever else says how
// code runs, and not what says which code. Relies on nothing.

/** Flags that say what to run instead of a file, or that two processes cannot share. */
const ownNames =
  'input-type|inspect|debug-port|test|experimental-test|watch|check|interactive|eval|print|run$|entry-url|' +
  'experimental-default-type|experimental-sea|build-snapshot|snapshot-blob|prof|cpu-prof|heap-prof';
const own = new RegExp(`^--(${ownNames})|^-([cieph]|pe)$`);

/**
 * Each flag with its words: `--import ./a.mjs` is two. Node takes no value that begins with a dash as a word of its
 * own, so a word without one belongs to the flag before it, whatever the flag is called.
 */
function grouped(flags: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const word of flags) {
    const last = groups.at(-1);
    if (last && !word.startsWith('-')) last.push(word);
    else groups.push([word]);
  }
  return groups;
}

const without = (flags: readonly string[], unwanted: (flag: string) => boolean): string[] =>
  grouped(flags)
    .filter(([flag = '']) => !unwanted(flag))
    .flat();

/** The program's own flags, for a worker. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): string[] {
  return without(flags, (flag) => own.test(flag));
}

/** The beginnings of the flags that a thread can have of its own. With others it could not be started. */
const forThreads =
  'import|require|experimental-(?!shadow-realm)|conditions|no-|enable-source-maps|allow-|permission|' +
  'trace-(?!event|require|sigint)|throw-|unhandled-|preserve-|disable-warning';
const onlyProcesses = new RegExp(`^--(?!${forThreads})`);

/** The program's own flags, for a worker that is a thread. */
export function flagsForThread(flags?: readonly string[]): string[] {
  // Threads do not know this one by its short name.
  const named = inheritedFlags(flags).map((word) => word.replace(/^--loader(?==|$)/, '--experimental-loader'));
  return without(named, (flag) => onlyProcesses.test(flag));
}

/**
 * Some of V8's flags, which a thread cannot have of its own, begin as Node's do: `--trace-gc`, `--no-opt`. Node has
 * refused to start a thread with them, and its error names them.
 */
export function withoutRefused(flags: readonly string[], error: unknown): string[] {
  const { code, message } = error as NodeJS.ErrnoException;
  const refused = code === 'ERR_WORKER_INVALID_EXEC_ARGV' ? message.match(/--[^\s,]+/g) : null;
  return without(flags, (flag) => refused?.includes(flag) ?? false);
}
