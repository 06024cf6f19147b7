// For specs of demos: which demos there are, and how to run one as a person does, with `node demos ...`.
//
// Every run has a temporary directory of its own, so that a spec sees what the demo leaves there.
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { read, root } from './package.ts';
import { execute } from './programs.ts';
import type { Ended as Over } from './programs.ts';

export interface Demo {
  readonly name: string;
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly summary: string;
  /** The whole text of the file. */
  readonly source: string;
}

/** The demos of a folder in the order of the file names, which for the tutorial programs begin with a number. */
function demosIn(folder: string): Demo[] {
  return readdirSync(join(root, folder))
    .sort()
    .flatMap((entry): Demo[] => {
      const path = entry.endsWith('.ts') ? `${folder}/${entry}` : `${folder}/${entry}/index.ts`;
      if (!existsSync(join(root, path))) return [];
      const source = read(path);
      const [, , summary = ''] = /^export const summary\s*=\s*(["'`])(.*?)\1;$/m.exec(source) ?? [];
      return [{ name: entry.replace(/^\d+-|\.ts$/g, ''), path, summary, source }];
    });
}

/** All demos, in the order in which `node demos` and the documents list them. */
export const demos: readonly Demo[] = [...demosIn('demos/learn'), ...demosIn('demos/programs'), ...demosIn('demos')];

/** The source of a demo. */
export function sourceOf(name: string): string {
  const found = demos.find((one) => one.name === name);
  assert.ok(found, `there is a demo ${name}`);
  return found.source;
}

export interface Line {
  /** The milliseconds that the line begins with, or NaN if it begins with no time. */
  readonly time: number;
  readonly text: string;
}

export interface Ended extends Over {
  /** What was printed on stdout, line by line, without the empty lines. */
  readonly lines: Line[];
  readonly texts: string[];
  /** What is left in the temporary directory. */
  readonly left: readonly string[];
}

export interface Running {
  readonly child: ChildProcess;
  /** What is in the temporary directory now. */
  files(): string[];
}

/** Called with everything printed so far, each time it grows. */
export type Watch = (out: string, running: Running) => void;

export interface RunOptions {
  readonly stdin?: 'ignore' | 'pipe';
  readonly env?: NodeJS.ProcessEnv;
}

/** Milliseconds after which a demo that does not end is killed. */
const LIMIT = 400_000;

/** Runs `node demos` with these arguments, which are separated by single spaces. */
export function demo(args: string, watch?: Watch, options?: RunOptions): Promise<Ended> {
  return runProgram(process.execPath, ['demos', ...args.split(' ').filter(Boolean)], watch, options);
}

/**
 * Runs a demo that the specs also run with `demo`: its module alone, as plain JavaScript (.build/plain.mjs). `node demos`
 * sees to it that dist/ is up to date, and takes the types out of each file, in each process and each worker. That is
 * half of what most runs cost, and to see it once for each demo is enough. Not for a demo that names files of its own by
 * URLs that end in .ts: as plain JavaScript they end in .js.
 */
export function plainDemo(args: string, watch?: Watch, options?: RunOptions): Promise<Ended> {
  return runProgram(process.execPath, plainArguments(...args.split(' ').filter(Boolean)), watch, options);
}

/** What Node is given to run a demo as `plainDemo` does. */
export function plainArguments(...[name, ...argv]: readonly string[]): string[] {
  const found = demos.find((one) => one.name === name);
  assert.ok(found, `there is a demo ${name}`);
  const plain = (path: string) => new URL(`../../${path.replace(/\.ts$/, '.js')}`, import.meta.url);
  const program = fileURLToPath(plain('spec/support/plain-demo.ts'));
  return ['--enable-source-maps', program, plain(found.path).href, ...argv];
}

/** Runs any program at the top of the clone, as a demo is run. */
export async function runProgram(
  file: string,
  args: readonly string[],
  watch?: Watch,
  { stdin, env }: RunOptions = {},
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'treadle-demos-'));
  const files = () => readdirSync(folder, { recursive: true }) as string[];
  const temporary = { TMPDIR: folder, TEMP: folder, TMP: folder };
  const over = await execute(file, args, {
    limit: LIMIT,
    env: { ...temporary, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    ...(stdin && { stdin }),
    ...(watch && { watch: (out: string, child: ChildProcess) => watch(out, { child, files }) }),
  });
  const lines = linesOf(over.out);
  const ended = { ...over, lines, texts: lines.map(({ text }) => text), left: files() };
  rmSync(folder, { recursive: true, force: true });
  return ended;
}

function linesOf(out: string): Line[] {
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, time, text = line] = /^ *(\d+) ms {2}(.*)$/.exec(line) ?? [];
      return { time: time === undefined ? Number.NaN : Number(time), text };
    });
}

/**
 * Runs a demo on the system clock, and looks at what it has printed. A busy machine may hold it up for longer than the
 * pauses between what it does. Then it is run again, with pauses that are `factor` times as long.
 */
export async function patiently(
  run: (factor: number) => Promise<Ended>,
  look: (ended: Ended, factor: number) => void,
): Promise<void> {
  for (let factor = 1; ; factor *= 3) {
    const ended = await run(factor);
    try {
      return look(ended, factor);
    } catch (error) {
      if (factor >= 27) throw error;
      console.log(`note: held up, and run again with pauses ${3 * factor} times as long`);
    }
  }
}

/** The time at which the line with this text was printed. */
export function timeOf({ lines, out }: Ended, text: string): number {
  const line = lines.find((one) => one.text.includes(text));
  assert.ok(line, `"${text}" is not in\n${out}`);
  return line.time;
}

/** The demo ended well, complained about nothing, and printed lines that a terminal of 80 columns does not break. */
export function succeeded({ code, err, out }: Ended): void {
  assert.is(err, '');
  assert.is(code, 0);
  assert.equal(
    out.split('\n').filter((line) => line.length > 80),
    [],
  );
}

/** The demo printed exactly these lines, apart from indentation and empty lines. Virtual time is exact. */
export function printed({ out }: Pick<Ended, 'out'>, expected: string): void {
  const tidy = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  assert.equal(tidy(out), tidy(expected));
}

/** The numbers that the groups of the pattern match, for each place where it matches. */
export const numbers = (text: string, pattern: RegExp): number[][] =>
  [...text.matchAll(pattern)].map((match) => match.slice(1).map(Number));
