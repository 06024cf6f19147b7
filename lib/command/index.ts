#!/usr/bin/env node
// treadle: the command of the package. It looks into a process that runs, and records one that it starts.
// Relies on ps, trace.

import { main } from '../loop/main.ts';
import { run } from '../loop/run.ts';
import { coroutine } from '../effects/coroutine.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { readArguments } from './arguments.ts';
import type { Asked } from './arguments.ts';
import { Refusal } from './process-of.ts';
import { ps } from './ps.ts';
import { trace } from './trace.ts';

const treadle = coroutine('treadle', function* (asked: Asked): Coroutine<void> {
  try {
    if (asked.what === 'print') console.log(asked.text);
    else if (asked.what === 'ps') console.log(yield* ps(asked.pid, asked));
    else process.exitCode = yield* trace(asked);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`treadle: ${error.message}`);
    process.exitCode = 2;
  }
});

try {
  const asked = readArguments(process.argv.slice(2));
  // A traced command decides itself what becomes of a signal.
  const start = asked.what === 'trace' ? run : main;
  start(treadle(asked), { name: 'treadle' });
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
