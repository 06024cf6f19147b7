// How much memory a program has with all processes that it has started. What several of them share, such as the code
// of Node, counts once. Relies on nothing.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly id: number;
  readonly parent: number;
  /** Kilobytes of its own, and of files: the program's code above all, which the processes share. */
  readonly memory: () => { readonly own: number; readonly files: number };
}

function onLinux(): Process[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id) => {
    try {
      // The name in parentheses may have spaces and parentheses itself.
      const [, parent = ''] = /^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
      const memory = () => {
        const text = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
        const of = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]);
        // A page that a forked process still shares with its parent is divided among them.
        return { own: of('Pss_Anon'), files: of('Rss') - of('Anonymous') };
      };
      return [{ id: Number(id), parent: Number(parent), memory }];
    } catch {
      return []; // it has just ended
    }
  });
}

/** Where nothing is said about what is shared, each process has all of its memory for itself. */
function elsewhere(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [id, parent, own] = line.trim().split(/\s+/).map(Number) as [number, number, number];
    return { id, parent, memory: () => ({ own, files: 0 }) };
  });
}

/** Megabytes of this process and of all its descendants; NaN where the system does not tell. */
export function residentMegabytes(): number {
  try {
    const all = process.platform === 'linux' ? onLinux() : elsewhere();
    const descendants = (parent: number): Process[] =>
      all.filter((one) => one.parent === parent).flatMap((one) => [one, ...descendants(one.id)]);
    const family = [...all.filter(({ id }) => id === process.pid), ...descendants(process.pid)];
    const parts = family.map((one) => one.memory());
    const own = parts.reduce((sum, part) => sum + part.own, 0);
    return (own + Math.max(...parts.map(({ files }) => files))) / 1_024;
  } catch {
    return Number.NaN;
  }
}
