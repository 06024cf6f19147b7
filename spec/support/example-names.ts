// The examples in doc comments are short: what they stand for is the reader's own. The type check of api.spec.ts is told
// here what that is. A name that is neither here, nor exported by the package, nor the platform's, is a mistake.

/** In all examples. */
export const namesOfExamples = `
type Coroutine<T> = import('treadle').Coroutine<T>;
interface Row { readonly id: number }
declare function main(): Coroutine<number>;
declare function program(): Coroutine<number>;
declare function page(url: string | URL): Coroutine<string>;
declare function query(sql: string): Coroutine<Row[]>;
declare function show(...values: unknown[]): void;
declare function search(text: string): Coroutine<string[]>;
declare function getUser(id: number): Coroutine<{ readonly name: string }>;
declare function getPosts(id: number): Coroutine<string[]>;
declare function serve(connection: unknown): Coroutine<void>;
declare const url: string;
declare const urls: readonly string[];
declare const id: number;
declare const file: string;
declare const rows: readonly Row[];
declare const request: Request;
declare const child: import('treadle').Task<string>;
declare const jobs: import('treadle').Queue<string>;
declare const loop: import('treadle').EventLoop;
declare const lock: import('treadle').Lock;
declare const barrier: import('treadle').Barrier;
declare const recorder: import('treadle/tracing').Recorder;
declare const readFile: typeof import('node:fs').readFile;
declare const readFileSync: typeof import('node:fs').readFileSync;
declare const writeFileSync: typeof import('node:fs').writeFileSync;
declare const createWriteStream: typeof import('node:fs').createWriteStream;
declare module 'typescript-eslint' { const tseslint: { readonly parser: unknown }; export default tseslint; }
declare const createInterface: typeof import('node:readline').createInterface;
`;

/** In the examples of one source: names that mean something else there, or stand nowhere else. In one line each. */
export const namesOfSource: Readonly<Record<string, string>> = {
  'lib/combinators/deadline.ts':
    'declare const parts: readonly Blob[]; declare function upload(part: Blob): Coroutine<void>;',
  'lib/combinators/map.ts':
    'declare const typed: AsyncIterable<string>; declare function process(job: string): Coroutine<void>;',
  'lib/combinators/race.ts':
    'declare function mirror(name: string): Coroutine<string>; declare function cache(url: string): Coroutine<string>; ' +
    'declare function network(url: string): Coroutine<string>;',
  'lib/combinators/start.ts': 'declare function listen(): Coroutine<{ readonly port: number }>;',
  'lib/combinators/wait.ts': "declare const tasks: readonly import('treadle').Task<string>[];",
  'lib/effects/abort-signal.ts':
    'declare const element: HTMLElement; declare function onClick(event: MouseEvent): void;',
  'lib/effects/cancel.ts': "declare const slow: import('treadle').Task<string>;",
  'lib/effects/context.ts': 'declare function handle(request: Request): Coroutine<string>;',
  'lib/effects/coroutine.ts': 'declare function plainGenerator(): Coroutine<string>;',
  'lib/effects/ensure.ts':
    'declare function pay(): Coroutine<void>; declare function log(line: string): Coroutine<void>;',
  'lib/effects/shield.ts':
    'declare function commit(transaction: object): Coroutine<void>; declare const transaction: object; ' +
    'declare function insert(): Coroutine<Row>; declare function slowCheck(row: Row): Coroutine<void>; ' +
    'declare function unlock(row: Row): Coroutine<void>;',
  'lib/effects/sleep.ts': 'declare function tick(): void;',
  'lib/effects/use.ts':
    'interface Client { query(sql: string): Coroutine<Row[]> } ' +
    'declare const pool: { connect(): Coroutine<Client>; giveBack(client: Client): void };',
  'lib/effects/yield-now.ts': 'declare function work(row: Row): void;',
  'lib/io/debounce.ts': 'declare const input: HTMLInputElement; declare function draw(): void;',
  'lib/io/events.ts':
    "declare const child: import('node:child_process').ChildProcess; declare const button: HTMLButtonElement; " +
    "declare const server: import('node:net').Server; type Socket = import('node:net').Socket;",
  'lib/io/fetch.ts': "declare const response: import('treadle').FetchResponse; let size = 0;",
  'lib/io/promises.ts':
    'declare const sql: string; declare function a(): Coroutine<string>; declare function b(): Coroutine<string>; ' +
    'declare const database: { query(sql: string, options: { signal: AbortSignal }): Promise<Row[]> };',
  'lib/io/streams.ts':
    'declare const upload: WritableStream<Uint8Array>; declare const encoder: TextEncoder; ' +
    'declare const rows: readonly string[]; declare const bytes: AsyncIterable<Uint8Array<ArrayBuffer>>;',
  'lib/loop/main.ts': 'declare function crawl(urls: readonly string[]): Coroutine<void>;',
  'lib/sync/channel.ts':
    "declare function reader(lines: import('treadle').Channel<string>): Coroutine<void>; " +
    "declare const lines: import('treadle').Channel<string>;",
  'lib/sync/condition.ts':
    "declare const condition: import('treadle').Condition; declare const items: string[]; " +
    'declare function produce(): Coroutine<void>;',
  'lib/sync/event.ts':
    "declare const started: import('treadle').Event; declare function server(started: Event): Coroutine<void>;",
  'lib/sync/lifo-queue.ts': 'interface Connection { close(): void }',
  'lib/sync/lock.ts':
    'declare function withdraw(amount: number): Coroutine<number>; declare function critical(): Coroutine<void>;',
  'lib/sync/priority-queue.ts': 'interface Job { readonly deadline: number }',
  'lib/sync/queue.ts': "declare function worker(jobs: import('treadle').Queue<string>): Coroutine<void>;",
  'lib/sync/rate-limit.ts': "declare const limit: import('treadle').RateLimit;",
  'lib/sync/semaphore.ts':
    "declare const connections: import('treadle').Semaphore; declare const server: { readonly isBusy: boolean };",
  'lib/testing/step.ts':
    "declare const assert: typeof import('node:assert'); interface Cart { readonly items: readonly string[] } " +
    'declare const cart: Cart; declare function order(cart: Cart): Coroutine<void>; ' +
    "declare function reserve(cart: Cart): import('treadle').Effect<Row>; " +
    "declare function charge(id: number): import('treadle').Effect<void>; " +
    "declare function release(id: number): import('treadle').Effect<void>;",
  'lib/testing/testing-errors.ts': 'declare const schedule: string;',
  'lib/testing/virtually.ts':
    "declare const test: typeof import('uvu').test; declare const assert: typeof import('uvu/assert'); " +
    'declare function flaky(attempt: number): Coroutine<string>;',
  'lib/distributed/errors.ts': "declare const pool: import('treadle/distributed').Machines;",
  'lib/workers/context.ts': 'declare function render(page: string): Coroutine<void>;',
  'lib/workers/executor.ts':
    "declare const pool: import('treadle/workers').Pool; declare const files: readonly string[]; " +
    'declare const chapters: readonly string[]; declare const module: URL;',
  'lib/workers/transfer.ts': "declare const pool: import('treadle/workers').Pool;",
  'lib/workers/worker-died.ts': "declare const pool: import('treadle/workers').Pool;",
};
