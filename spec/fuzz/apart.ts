// Judges programs in a thread of its own, so that one that never ends, or ends the thread, is a failure like any other.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { judge, watchProcess } from './execute.ts';
import type { Program } from './program.ts';
import type { Violation } from './world.ts';

export class Apart {
  private worker: Promise<Worker> | undefined;
  /** Milliseconds for one program. */
  limit: number;

  constructor(limit = 15_000) {
    this.limit = limit;
  }

  async judge(program: Program): Promise<readonly Violation[]> {
    // On a busy machine its start takes seconds, which must not count.
    const worker = await (this.worker ??= started());
    const hang = (text: string) => [{ rule: 'hang', text }];
    let timer;
    const [violations, alive] = await new Promise<[readonly Violation[], boolean]>((resolve) => {
      timer = setTimeout(() => resolve([hang(`it did not end within ${this.limit} ms`), false]), this.limit);
      worker.once('message', (found) => resolve([found, true]));
      worker.once('error', (error) => resolve([[{ rule: 'crash', text: String(error?.stack ?? error) }], false]));
      worker.once('exit', () => resolve([hang('main was still running when nothing was left to do'), false]));
      worker.postMessage(program);
    });
    clearTimeout(timer);
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    if (!alive) await this.close();
    return violations;
  }

  async close(): Promise<void> {
    const worker = await this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }
}

function started(): Promise<Worker> {
  const worker = new Worker(new URL(import.meta.url), {
    // As a spec it is plain JavaScript. Run by itself (run.ts) it is TypeScript, which a worker cannot read yet: it
    // does not inherit the hooks when they were registered by a call.
    execArgv:
      import.meta.url.endsWith('.ts') ?
        ['--import', new URL('../../.build/typescript.mjs', import.meta.url).href]
      : ['--enable-source-maps'],
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      worker.removeAllListeners('error');
      resolve(worker);
    });
  });
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  watchProcess();
  port.on('message', (program: Program) => {
    // While the program runs nothing else keeps the thread alive: what the host does when nothing is left is tested,
    // too.
    port.unref();
    void judge(program).then(({ violations }) => {
      port.ref();
      port.postMessage(violations);
    });
  });
  port.postMessage('ready');
}
