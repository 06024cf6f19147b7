// The command line of the demos: options with their usual values, and one clear line for what makes no sense.
import { parseArgs } from 'node:util';

/**
 * Reads the options of a demo. They are given with their usual values: `options(argv, { delay: 1000, name: 'World' })`.
 * The type of the usual value says what the option takes: text, a number (0 or more), or nothing (`false`, a flag).
 * A number is in milliseconds. Where `counts` has a range for it, it is a whole number in that range instead.
 * Input that makes no sense ends the program with one clear line and exit code 2.
 */
export function options<T extends Record<string, string | number | boolean>>(
  argv: string[],
  usual: T,
  counts: Partial<Record<keyof T, readonly [least: number, most: number]>> = {},
): T {
  try {
    // parseArgs takes `--delay -1` for two options. Glued together, it is one with a bad number, and we can say so.
    const args: string[] = [];
    for (const arg of argv) {
      const number = /^-\d/.test(arg) && /^--[\w-]+$/.test(args.at(-1) ?? '');
      args.push(number ? `${args.pop()}=${arg}` : arg);
    }
    const known = Object.entries(usual).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? 'boolean' : 'string' } as const,
    ]);
    const { values } = parseArgs({
      args,
      options: Object.fromEntries(known) as Record<string, { type: 'string' | 'boolean' }>,
    });
    return Object.fromEntries(
      Object.entries(usual).map(([name, value]) => [name, read(name, values[name], value, counts[name])]),
    ) as T;
  } catch (error) {
    // The messages of parseArgs begin well, but then go on for lines about `--`.
    const [complaint = ''] = (error as Error).message.split(/\. |\n/);
    console.error(`${complaint}\n(--help lists the options)`);
    process.exit(2);
  }
}

function read(name: string, given: unknown, usual: unknown, count?: readonly [least: number, most: number]): unknown {
  if (given === undefined) return usual;
  if (typeof usual !== 'number') return given;
  // More than a day is a typing error, too.
  const [least, most] = count ?? [0, 86_400_000];
  const form = count ? /^\d+$/ : /^\d+(\.\d+)?$/;
  if (form.test(String(given)) && Number(given) >= least && Number(given) <= most) return Number(given);
  throw new Error(
    `--${name} takes a ${count ? 'whole number' : 'number of milliseconds'} from ${least} to ${most}, not "${given}"`,
  );
}
