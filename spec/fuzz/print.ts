// Prints a program as the code that somebody would write with treadle, short enough to be read.
import type { Body, Cancel, Program, Resource, Step, Work } from './program.ts';

export function print(program: Program): string {
  const { resources, main, other, mode, virtual } = program;
  const code = [
    ...started(program, main, mode === 'pair' ? virtual![0] : true),
    ...(other ? started(program, other, virtual![1]) : []),
  ];
  const lines = resources.flatMap((resource, index) => {
    const name = `${resource.kind}${index}`;
    return code.some((line) => line.includes(name)) ? [`const ${name} = ${made(resource)};`] : [];
  });
  lines.push(...code);
  for (const cancel of program.cancels) lines.push(`// ${cancellation(cancel)}`);
  if (!program.stuck) lines.push('// at 1000 ms whoever still waits is let go on: events are set, queues closed');
  return lines.join('\n');
}

function made(resource: Resource): string {
  switch (resource.kind) {
    case 'semaphore':
      return `new Semaphore(${resource.permits})`;
    case 'queue':
      return `new ${{ fifo: 'Queue', lifo: 'LifoQueue', priority: 'PriorityQueue' }[resource.order]}(${resource.capacity || ''})`;
    case 'channel':
      return `new Channel(${resource.capacity < 0 ? 'Infinity' : resource.capacity})`;
    case 'barrier':
      return `new Barrier(${resource.parties})`;
    case 'future':
      return 'loop.createFuture()';
    case 'callbacks':
      return `waits in ${resource.bridge}`;
    case 'emitter':
      return 'new EventEmitter()';
    case 'context':
      return 'createContext(0)';
    case 'service':
      return 'new Channel(0)';
    default:
      return `new ${resource.kind[0]!.toUpperCase()}${resource.kind.slice(1)}()`;
  }
}

function started(program: Program, body: Body, virtual: boolean): string[] {
  const lines = block(body, program);
  const how = {
    sync: ['runSync(', ')'],
    virtual: ['run(', ', { clock: new VirtualClock() })'],
    loop: ['new EventLoop({ clock: new VirtualClock() }).runUntilComplete(', ')'],
    system: ['run(', ')'],
    pair: ['run(', virtual ? ', { clock: new VirtualClock() })' : ')'],
  }[program.mode] as [string, string];
  return wrapped(how[0], lines, `${how[1]};`);
}

function cancellation({ slot, when, turns }: Cancel): string {
  const what = `cancel task ${slot}`;
  const later =
    turns < 0 ? ', in that very step'
    : turns === 0 ? ', in its turn'
    : `, ${turns} turns later`;
  if ('time' in when)
    return `${what} at ${when.time} ms${when.late ? ', behind other timers' : ''}${turns > 0 ? later : ''}`;
  const point =
    when.point === 'over' ? `body ${when.body} is over`
    : when.point === 'finally' ? `body ${when.body} enters its finally`
    : `body ${when.body} is ${when.point} its step ${when.step}`;
  return `${what} when ${point}${later}`;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** Puts something before the first line and behind the last one. */
function wrapped(before: string, lines: readonly string[], after: string): string[] {
  const [first = '', ...rest] = lines;
  if (rest.length === 0) return [`${before}${first}${after}`];
  return [`${before}${first}`, ...rest.slice(0, -1), `${rest[rest.length - 1]}${after}`];
}

/** A body as a generator, called. */
function block(body: Body, program: Program): string[] {
  const { steps, cleanUp, catches } = body;
  const notes = [
    body.raw ? 'a plain generator' : '',
    body.bare ? 'yields bare' : '',
    body.watches ? 'watches abortSignal()' : '',
  ].filter(Boolean);
  const head = `body${body.id}(function* () {${notes.length > 0 ? ` // ${notes.join(', ')}` : ''}`;
  let lines = steps.flatMap((step) => written(step, program));
  if (body.carries) lines.push('return item;');
  if (cleanUp || catches) {
    lines = ['try {', ...indent(lines)];
    if (catches) lines.push('} catch {');
    if (cleanUp) {
      const clean = cleanUp.steps.flatMap((step) => written(step, program));
      lines.push('} finally {');
      lines.push(
        ...indent(cleanUp.kind === 'shield' ? ['yield* shield(function* () {', ...indent(clean), '});'] : clean),
      );
    }
    lines.push('}');
  }
  return lines.length === 0 ? [`body${body.id}(function* () {})`] : [head, ...indent(lines), '})'];
}

function work(one: Work, program: Program): string[] {
  switch (one.is) {
    case 'body':
      return block(one.body, program);
    case 'sleep':
      return [`sleep(${one.ms})`];
    case 'task':
      return [`task${one.slot}`];
    default: {
      const { kind } = program.resources[one.resource]!;
      const name = `${kind}${one.resource}`;
      if (one.is === 'acquire') return [`${name}.acquire()`];
      if (one.is === 'get') return [`${name}.${kind === 'queue' ? 'get' : 'receive'}()`];
      if (one.is === 'put') return [`${name}.${kind === 'queue' ? 'put' : 'send'}(item)`];
      return [waits(kind, name)];
    }
  }
}

function waits(kind: string, name: string): string {
  if (kind === 'future') return name;
  if (kind === 'emitter') return `once(${name}, 'event')`;
  return kind === 'callbacks' ? `a callback of ${name}` : `${name}.wait()`;
}

function list(works: readonly Work[], shape: 'array' | 'object', program: Program): string[] {
  const [open, close] = shape === 'array' ? ['[', ']'] : ['{', '}'];
  const all = works.map((one, index) =>
    wrapped(shape === 'array' ? '' : `work${index}: `, work(one, program), index < works.length - 1 ? ',' : ''),
  );
  if (all.every(({ length }) => length === 1)) return [`${open}${all.flat().join(' ')}${close}`];
  return [open, ...indent(all.flat()), close];
}

function written(step: Step, program: Program): string[] {
  const named = (index: number) => `${program.resources[index]!.kind}${index}`;
  const kindOf = (index: number) => program.resources[index]!.kind;
  const kept = (keep: number, works: readonly Work[]) =>
    works.some(({ is }) => is === 'acquire') ? [`// what was acquired is held for ${keep} ms, and released`] : [];
  switch (step.do) {
    case 'sleep':
      return [`yield* sleep(${step.ms});`];
    case 'sleepUntil':
      return [`yield* sleepUntil(${step.at});`];
    case 'turns':
      return Array.from({ length: step.count }, () => 'yield* yieldNow();');
    case 'inline':
      return [`for (let i = 0; i < ${step.count}; i++) ${inline(step.resource, program)}`];
    case 'throw':
      return [`${step.below ? `if (attempt < ${step.below}) ` : ''}throw ${thrown(step.error)};`];
    case 'show':
      return ['every task.toString();'];
    case 'call':
      return wrapped(
        step.how === 'call' ? 'yield* call(' : 'yield* ',
        block(step.body, program),
        step.how === 'call' ? ');' : ';',
      );
    case 'spawn': {
      const options =
        step.daemon ? ', { daemon: true }'
        : step.detached ? ', { detached: true }'
        : '';
      return wrapped(`task${step.body.id} = yield* spawn(`, block(step.body, program), `${options});`);
    }
    case 'join':
      return [step.how === 'join' ? `yield* join(task${step.slot});` : `yield* task${step.slot};`];
    case 'wait': {
      const limit = step.timeout === undefined ? '' : `, timeout: ${step.timeout}`;
      return [
        `yield* wait([${step.slots.map((slot) => `task${slot}`)}], { returnWhen: '${step.returnWhen}'${limit} });`,
      ];
    }
    case 'cancel':
      return [step.waits ? `yield* cancel(task${step.slot});` : `task${step.slot}.cancel();`];
    case 'callback':
      return [`task${step.slot}.addDoneCallback(${step.throws ? '() => { throw new Error() }' : '() => {}'});`];
    case 'all':
    case 'allSettled':
    case 'any':
    case 'race':
      return [
        ...wrapped(`yield* ${step.do}(`, list(step.works, step.shape, program), ');'),
        ...kept(step.keep, step.works),
      ];
    case 'timeout':
      return [
        ...wrapped(`yield* timeout(${step.ms}, `, work(step.work, program), ');'),
        ...kept(step.keep, [step.work]),
      ];
    case 'shield':
      return [...wrapped('yield* shield(', work(step.work, program), ');'), ...kept(step.keep, [step.work])];
    case 'map':
    case 'forEach': {
      const from = step.from === undefined ? `${step.count} items` : named(step.from);
      return wrapped(
        `yield* ${step.do}(${from}, (item) => `,
        block(step.body, program),
        `, { concurrency: ${step.concurrency} });`,
      );
    }
    case 'asCompleted': {
      const lines = wrapped(
        'for (const next of yield* asCompleted(',
        list(step.works, 'array', program),
        `)) yield* next;`,
      );
      return step.leave < step.works.length ? [...lines, `// left after ${step.leave}`] : lines;
    }
    case 'group':
      return wrapped('yield* taskGroup((group) => ', block(step.body, program), ');');
    case 'groupSpawn':
      return wrapped(
        `task${step.body.id} = yield* group.spawn(`,
        block(step.body, program),
        step.daemon ? ', { daemon: true });' : ');',
      );
    case 'retry':
      return wrapped(
        'yield* retry((attempt) => ',
        block(step.body, program),
        `, { attempts: ${step.attempts}, delay: ${step.delay} });`,
      );
    case 'restore': {
      const lines = ['try {', ...indent(wrapped('yield* restore(', block(step.body, program), ');'))];
      lines.push('} finally {', ...indent(wrapped('yield* ', block(step.cleanUp, program), ';')), '}');
      return ['yield* shield(function* (restore) {', ...indent(lines), '});'];
    }
    case 'ensure':
      return wrapped(
        'yield* ensure(',
        [...wrapped('', block(step.body, program), ','), ...block(step.cleanUp, program)],
        ');',
      );
    case 'use':
      return wrapped(`yield* use(${named(step.resource)}, `, block(step.body, program), ');');
    case 'hold': {
      const steps = indent(step.steps.flatMap((one) => written(one, program)));
      const name = named(step.resource);
      if (step.how === 'with') return [`yield* ${name}.with(function* () {`, ...steps, '});'];
      return [`yield* ${name}.acquire();`, 'try {', ...steps, '} finally {', `  ${name}.release();`, '}'];
    }
    case 'put':
    case 'get': {
      const queue = kindOf(step.resource) === 'queue';
      const verb =
        step.do === 'put' ?
          queue ? 'put'
          : 'send'
        : queue ? 'get'
        : 'receive';
      const atOnce = step.now && (queue || step.do === 'put');
      return [
        `${atOnce ? '' : 'yield* '}${named(step.resource)}.${verb}${atOnce ? 'Nowait' : ''}(${step.do === 'put' ? 'item' : ''});`,
      ];
    }
    case 'await':
      return [
        `yield* ${waits(kindOf(step.resource), named(step.resource))};`,
        ...(step.atOnce === 'call' ? ['// called back while it is started'] : []),
        ...(step.atOnce === 'cancel' ? ['// its task is cancelled while it is started'] : []),
      ];
    case 'set': {
      const name = named(step.resource);
      const error = step.error ? thrown(step.error) : '';
      switch (kindOf(step.resource)) {
        case 'condition':
          return [`yield* ${name}.acquire(); ${name}.notify(); ${name}.release();`];
        case 'barrier':
          return [`${name}.reset();`];
        case 'future':
          return [error ? `${name}.setError(${error});` : `${name}.setResult('set');`];
        case 'callbacks':
          return [error ? `call ${name} back with ${error};` : `call ${name} back;`];
        case 'emitter':
          return [error ? `${name}.emit('error', ${error});` : `${name}.emit('event');`];
        default:
          return [`${name}.set();`];
      }
    }
    case 'clear':
      return [`${named(step.resource)}.clear();`];
    case 'listen':
      return [
        `const channel = yield* on(${named(step.resource)}, 'event'); // and ${step.count} times timeout(3, channel.receive())`,
      ];
    case 'with':
      return wrapped(`yield* ${named(step.resource)}.with(${step.value}, `, block(step.body, program), ');');
    case 'serve':
      return [`yield* spawn(server(${named(step.resource)}), { daemon: true }); // answers every question`];
    case 'ask':
      return [`yield* timeout(5, question(${named(step.resource)}));`];
    case 'promise': {
      const promise = `a promise that is ${step.error ? `rejected with ${thrown(step.error)}` : 'kept'} in the next ${step.after}`;
      return [
        `yield ${step.how === 'yield' ? promise : `fromPromise(${step.how === 'function' ? '() => ' : ''}${promise})`};`,
      ];
    }
    case 'iterate':
      return [
        `const channel = yield* fromAsyncIterable(${step.count} items); // receives ${step.leave}, and closes it`,
      ];
    case 'feed':
      return [`// for await takes ${step.leave} items of toAsyncIterable(a coroutine that sends ${step.count})`];
  }
}

function inline(resource: number | undefined, program: Program): string {
  if (resource === undefined) return 'yield* now();';
  const { kind } = program.resources[resource]!;
  const name = `${kind}${resource}`;
  if (kind === 'queue') return `{ ${name}.putNowait(item); yield* ${name}.get(); }`;
  return `{ yield* ${name}.acquire(); ${name}.release(); }`;
}

function thrown(error: string): string {
  switch (error) {
    case 'plain':
      return 'new Error()';
    case 'undefined':
      return 'undefined';
    case 'revoked':
      return 'a revoked proxy';
    case 'frozen':
      return 'a frozen error';
    default:
      return `an error whose ${error} throws`;
  }
}
