// A worker of bare BullMQ, for the spec that compares: it squares. It dies with the spec, however that ends. No spec of
// its own.
import { peer } from '../../support/redis.ts';

interface Bull {
  Worker: new (
    name: string,
    processor: (job: { data: number }) => Promise<number>,
    options: object,
  ) => {
    waitUntilReady(): Promise<unknown>;
  };
}

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();

const [, , socket, concurrency] = process.argv;
const { Worker } = await peer<Bull>('bullmq');
const worker = new Worker('bare', ({ data }) => Promise.resolve(data * data), {
  connection: { path: socket, maxRetriesPerRequest: null },
  concurrency: Number(concurrency),
});
await worker.waitUntilReady();
console.log('ready');
