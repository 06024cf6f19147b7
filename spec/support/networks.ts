// Machines with addresses of their own, and cables between them that can be pulled: network namespaces of Linux. The
// network of this machine itself is not touched.
import { execFileSync } from 'node:child_process';
import { alive } from './workers.ts';

const ip = (...args: string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Why there can be no namespaces here, in a few words; `undefined` if there can. */
export function whyNoNetworks(): string | undefined {
  const name = `treadle-${process.pid}-try`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    return code === 'ENOENT' ? 'there is no ip' : `no network namespaces: ${(stderr ?? String(error)).trim()}`;
  }
}

/** Those of processes that were killed, and could not take them away. */
function sweep(): void {
  for (const [, name, pid] of ip('netns', 'list').matchAll(/^(treadle-(\d+)-\w+)/gm))
    if (Number(pid) === process.pid || !alive(Number(pid)))
      try {
        ip('netns', 'del', name!);
      } catch {
        // Another process was quicker.
      }
}

/** A star: a machine in the middle, to which each of the others has a cable. */
export class Star {
  /** The address of the middle, as each of the others sees it, by its name. */
  readonly addresses = new Map<string, string>();
  private readonly made: string[] = [];

  constructor(others: readonly string[]) {
    process.on('exit', () => this.remove());
    sweep();
    this.add('middle');
    others.forEach((name, i) => {
      this.add(name);
      ip(
        'link',
        'add',
        `to-${name}`,
        'netns',
        this.of('middle'),
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        this.of(name),
      );
      ip('-n', this.of('middle'), 'address', 'add', `10.81.${i}.1/24`, 'dev', `to-${name}`);
      ip('-n', this.of(name), 'address', 'add', `10.81.${i}.2/24`, 'dev', 'eth0');
      ip('-n', this.of(name), 'link', 'set', 'eth0', 'up');
      this.plug(name);
      this.addresses.set(name, `10.81.${i}.1`);
    });
  }

  /** What a command is given before it to run on that machine. */
  on(name: string): string[] {
    return ['ip', 'netns', 'exec', this.of(name)];
  }

  /** Pulls the cable of a machine. Nobody is told: what is sent is lost. */
  cut(name: string): void {
    ip('-n', this.of('middle'), 'link', 'set', `to-${name}`, 'down');
  }

  plug(name: string): void {
    ip('-n', this.of('middle'), 'link', 'set', `to-${name}`, 'up');
  }

  /** Takes everything away. */
  remove(): void {
    while (this.made.length > 0) ip('netns', 'del', this.made.pop()!);
  }

  private of(name: string): string {
    return `treadle-${process.pid}-${name}`;
  }

  private add(name: string): void {
    ip('netns', 'add', this.of(name));
    this.made.push(this.of(name));
    ip('-n', this.of(name), 'link', 'set', 'lo', 'up');
  }
}
