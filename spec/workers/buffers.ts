// Functions with buffers, for the specs of transfer. No spec of its own.
import { setTimeout as wait } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { sleep } from 'treadle';
import { transfer } from 'treadle/workers';

export const sum = (bytes: ArrayLike<number>) => Array.from(bytes).reduce((a, b) => a + b, 0);
export const sumOf = ({ pixels }: { pixels: Uint16Array }) => sum(pixels);

let last = new Uint8Array();
export const lengthOfLast = () => last.length;
export const make = (length: number) => {
  last = new Uint8Array(length).fill(7);
  return transfer({ bytes: last }, [last]);
};
export const makeLater = (length: number) => wait(2).then(() => make(length));
export function* makeCoroutine(length: number) {
  yield* sleep(2);
  return make(length);
}

export const say = ({ port }: { port: MessagePort }, text: string) => {
  port.postMessage(text);
  port.close();
};

const same = new Uint8Array(4);
export const giveSame = () => transfer(same);

export const stream = (text: string) =>
  transfer(
    new ReadableStream<string>({
      start(controller) {
        controller.enqueue(text);
        controller.close();
      },
    }),
  );
export const readStream = async (stream: ReadableStream<string>) => {
  let text = '';
  for await (const part of stream) text += part;
  return text;
};
