// What the command line asks for. Relies on process-of, for refusals.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Refusal } from './process-of.ts';

export const USAGE = `usage: treadle ps PID [--port PORT] [--limit TASKS]
       treadle trace [--out FOLDER] -- COMMAND [ARGUMENT ...]

  ps      what a running Node process is doing: first what is wrong, then the
          tree of its tasks, with the source line where each is suspended
            --port PORT     where its inspector is, if it was told so (9229)
            --limit TASKS   describe at most this many tasks (1000)
  trace   runs a command, and records every loop of the Node programs in it:
          trace.json for ui.perfetto.dev, timeline.svg for a browser
            --out FOLDER    where to write them (the working directory)`;

export type Asked =
  | { readonly what: 'print'; readonly text: string }
  | {
      readonly what: 'ps';
      readonly pid: number;
      readonly port: number | undefined;
      readonly limit: number;
      readonly width: number;
    }
  | { readonly what: 'trace'; readonly command: readonly string[]; readonly out: string };

/** Reads the arguments. Throws a `Refusal` with the usage for what makes no sense. */
export function readArguments(args: readonly string[]): Asked {
  const [command, ...rest] = args;
  if (command === undefined || command === 'help' || command === '--help' || command === '-h') {
    if (command !== undefined) return { what: 'print', text: USAGE };
    throw new Refusal(USAGE);
  }
  if (command === '--version' || command === '-v') return { what: 'print', text: version() };
  if (rest[0] === '--help' || rest[0] === '-h') return { what: 'print', text: USAGE };
  if (command === 'ps') return readPs(rest);
  if (command === 'trace') return readTrace(rest);
  throw new Refusal(`treadle: there is no command '${command}'\n${USAGE}`);
}

function readPs(args: readonly string[]): Asked {
  const { values, positionals } = parse(args, { port: { type: 'string' }, limit: { type: 'string' } }, true);
  if (positionals.length !== 1) throw new Refusal(`treadle: ps takes the id of one process\n${USAGE}`);
  return {
    what: 'ps',
    pid: count('PID', positionals[0] as string),
    port: values['port'] === undefined ? undefined : count('--port', values['port'], 65_535),
    limit: values['limit'] === undefined ? 1_000 : count('--limit', values['limit']),
    width: process.stdout.columns ? Math.max(process.stdout.columns, 80) : 80,
  };
}

function readTrace(args: readonly string[]): Asked {
  const split = args.indexOf('--');
  const command = split < 0 ? [] : args.slice(split + 1);
  if (command.length === 0) throw new Refusal(`treadle: trace takes a command after --\n${USAGE}`);
  const { values } = parse(args.slice(0, split), { out: { type: 'string' } }, false);
  return { what: 'trace', command, out: values['out'] ?? '.' };
}

function parse(args: readonly string[], options: Record<string, { type: 'string' }>, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals }) as {
      values: Record<string, string | undefined>;
      positionals: string[];
    };
  } catch (error) {
    const [complaint = ''] = (error as Error).message.split(/\. |\n/);
    throw new Refusal(`treadle: ${complaint}\n${USAGE}`);
  }
}

function count(name: string, text: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Refusal(`treadle: ${name} must be a whole number, 1 or more, not '${text}'\n${USAGE}`);
}

/** That of the package this file is in, some folders up. */
function version(): string {
  for (let folder = new URL('.', import.meta.url), up = 0; up < 6; folder = new URL('..', folder), up++) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Manifest;
      if (name === 'treadle') return found;
    } catch {
      // Not in this folder.
    }
  }
  return 'unknown';
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}
