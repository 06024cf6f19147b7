// A Redis of a spec's own: Debian's `redis-server` in a temporary folder, on a Unix socket and on a free port of this
// machine. Its data stays in the folder, so it can be killed and started again. The system's service is left alone.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installed } from '../../demos/support/install.ts';
import { freePort } from './command.ts';
import { temporaryFolder } from './files.ts';
import { delay } from './host.ts';
import { root } from './package.ts';

/** What has BullMQ and ioredis. The plain files that specs run as find them by their names (.build/plain-peers.mjs). */
export const PEERS = 'demos/programs/machines/redis';

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** Why treadle/distributed cannot be tried here, in a few words; `undefined` if it can. */
export function whyNoRedis(): string | undefined {
  if (!installed(join(root, PEERS))) return `not installed: npm ci in ${PEERS}`;
  if (!isOnPath('redis-server')) return 'redis-server is not on PATH';
  return undefined;
}

/** Why TLS to a Redis cannot be tried here, in a few words; `undefined` if it can. */
export function whyNoTls(): string | undefined {
  const missing = whyNoRedis();
  if (missing !== undefined) return missing;
  if (!isOnPath('openssl')) return 'openssl is not on PATH';
  // It is to listen nowhere, and so ends at once.
  const { stdout, stderr } = spawnSync('redis-server', ['--port', '0', '--tls-port', '0'], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return /Bad directive/i.test(stdout + stderr) ? 'redis-server has no TLS' : undefined;
}

/** What is used of ioredis, whose types only those have who have installed it. */
export interface Client {
  call(command: string, ...args: (string | number)[]): Promise<any>;
  on(event: 'error', listener: (error: Error) => void): void;
  disconnect(): void;
}

/** The module of a peer, as `require` gives it to treadle. Its types are those who use it know. */
export const peer = async <T>(name: 'bullmq' | 'ioredis'): Promise<T> =>
  ((await import(name)) as { default: T }).default;

export interface RedisOptions {
  readonly password?: string;
  /** Whether it has its data again after it was killed; it has by default. */
  readonly persistent?: boolean;
  /** The address at which it listens beside the Unix socket; this machine only by default. */
  readonly host?: string;
  /** More of the command line, and its port for TLS, which is then that of the url. */
  readonly args?: readonly string[];
  readonly tlsPort?: number;
  /** Put before the command: `ip netns exec NAME`. */
  readonly prefix?: readonly string[];
}

export class RedisServer {
  /** The path of its Unix socket. */
  readonly socket: string;
  readonly port: number;
  /** What `machines` and `serve` are given. */
  readonly url: string;
  private readonly folder: string;
  private readonly options: RedisOptions;
  private process: { readonly pid: number; readonly gone: Promise<void> } | undefined = undefined;
  private client: Client | undefined = undefined;

  constructor(folder: string, port: number, options: RedisOptions) {
    const { password, host = '127.0.0.1', tlsPort } = options;
    this.folder = folder;
    this.socket = join(folder, 'redis.sock');
    this.port = port;
    this.options = options;
    const user = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    this.url = tlsPort === undefined ? `redis://${user}${host}:${port}` : `rediss://${user}${host}:${tlsPort}`;
  }

  /** Starts it, on the data that are there, and waits until it answers. */
  async start(): Promise<void> {
    const { password, persistent = true, host = '127.0.0.1', prefix = [], args: more = [], tlsPort } = this.options;
    const args = ['--dir', this.folder, '--unixsocket', this.socket, '--port', `${this.port}`, '--bind', host];
    args.push('--appendonly', persistent ? 'yes' : 'no', '--save', '', '--maxmemory-policy', 'noeviction');
    args.push(...more);
    if (tlsPort !== undefined) args.push('--tls-port', `${tlsPort}`);
    if (password !== undefined) args.push('--requirepass', password);
    else args.push('--protected-mode', 'no'); // it may have another address in a network of its own
    // The shell waits for the end of its input, which is the end of this process however it comes, and then kills the
    // server. It keeps no end of the pipe that the server writes to, so the end of that is the end of the server.
    const script = '"$@" & echo "pid=$!"; exec >&- 2>&-; read -r line; kill -KILL $!; wait';
    const shell = spawn('sh', ['-c', script, 'sh', ...prefix, 'redis-server', ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    shell.stdin.on('error', () => {}); // it is gone already
    let log = '';
    const gone = new Promise<void>((resolve) =>
      shell.stdout
        .setEncoding('utf8')
        .on('data', (text: string) => (log += text))
        .on('end', () => {
          shell.stdin.end();
          this.process = undefined;
          resolve();
        }),
    );
    let ended = false;
    void gone.then(() => (ended = true));
    for (const begin = performance.now(); !/Ready to accept connections/.test(log); await delay(5))
      if (ended || performance.now() - begin > 120_000) throw new Error(`redis-server did not start:\n${log}`);
    this.process = { pid: Number(/pid=(\d+)/.exec(log)![1]), gone };
  }

  /** Ends it. With SIGKILL it has no moment to write what it has not written. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.client?.disconnect();
    this.client = undefined;
    if (!this.process) return;
    const { pid, gone } = this.process;
    process.kill(pid, signal);
    await gone;
  }

  /** Lets it stand still: it keeps its connections, and answers nothing. */
  freeze(): void {
    process.kill(this.process!.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.process!.pid, 'SIGCONT');
  }

  /** Kills it and starts it again at the same addresses, on the same data, after so many milliseconds. */
  async restart(ms = 0): Promise<void> {
    await this.stop('SIGKILL');
    await delay(ms);
    await this.start();
  }

  /** A command, as one would type it into redis-cli. */
  async command(name: string, ...args: (string | number)[]): Promise<any> {
    if (!this.client) {
      const { Redis } = await peer<{ Redis: new (options: object) => Client }>('ioredis');
      this.client = new Redis({ path: this.socket, password: this.options.password, maxRetriesPerRequest: null });
      this.client.on('error', () => {}); // it tries again
    }
    return this.client.call(name, ...args);
  }

  /** The bytes that its data take. */
  async memory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.command('INFO', 'memory'))![1]);
  }
}

/** Starts a Redis, which is stopped at the end of this process at the latest. */
export async function redisServer(options: RedisOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const server = new RedisServer(temporaryFolder(), await freePort(), options);
    try {
      await server.start();
      return server;
    } catch (error) {
      // Another process was quicker.
      if (!/Address already in use/.test(String(error)) || attempt === 5) throw error;
    }
  }
}
