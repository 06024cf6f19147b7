// tokio's Notify as users wait on it: notify_waiters() wakes those who are registered, and nobody remembers it.
import { coroutine, Event, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';

export const title = 'check, then sleep: the wake-up comes in between';
export const project = 'tokio, blog_os';
export const history = [
  { name: 'poem 1140, on tokio', url: 'https://github.com/poem-web/poem/pull/1140' },
  { name: 'pingora 983, on tokio', url: 'https://github.com/cloudflare/pingora/pull/983' },
  { name: 'blog_os, "Sleep If Idle"', url: 'https://os.phil-opp.com/async-await/#sleep-if-idle' },
];
export const story = {
  wanted: `A server shuts down gracefully: while there are connections, it waits to be told that the last one is
    gone.`,
  killedBy: `The server checks: there is one connection. Then that connection ends and wakes everybody who waits, and
    nobody does yet. Then the server starts to wait.`,
  because: `The check and the wait are two steps, and what happens between them is missed. Threads always have such a
    gap. Coroutines have it where a yield stands between the two steps, here to write a line into a log.`,
  mended: `poem and pingora: first register for the wake-up, then check, then wait. A kernel that halts its processor
    when there is nothing to do has the same gap, and an interrupt may fall into it. blog_os closes it from the other
    side: interrupts are off during the check, and one step turns them on and halts.`,
  inTreadle: `No other task runs between two yields, so "if (busy) yield* idle.wait()" has no gap. An Event remembers
    that it was set, and Condition.waitFor checks again after each wake-up. If you put a yield between the check and
    the wait, the gap is yours.`,
};

function* program(mended: boolean): Coroutine<void> {
  let connections = 1;
  let registered: Event[] = [];

  function register(): Event {
    const turn = new Event({ name: 'turn' });
    registered.push(turn);
    return turn;
  }
  const notifyWaiters = coroutine('notifyWaiters', function* () {
    for (const turn of registered) turn.set();
    registered = [];
  });
  const log = coroutine('log', function* (_line: string) {
    yield* yieldNow();
  });

  const connection = coroutine('connection', function* () {
    for (let packet = 1; packet <= 3; packet++) yield* yieldNow();
    connections--;
    yield* notifyWaiters();
  });
  const server = coroutine('server', function* () {
    const early = mended ? register() : undefined; // mends it
    if (connections > 0) {
      yield* log('waiting');
      yield* (early ?? register()).wait();
    }
  });
  yield* spawn(server());
  yield* spawn(connection());
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'pct', seed: 1, runs: 500 } as const;
export const schedule = 't1_1eaygiv_0_aVaVaV_a_S8yyB_5A';
