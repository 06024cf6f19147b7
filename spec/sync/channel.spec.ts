import {
  all,
  cancel,
  Channel,
  coroutine,
  forEach,
  map,
  now,
  QueueClosedError,
  QueueFullError,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('Channel');

/** Receives until the end, and gives what came. */
const received = coroutine('received', function* <T>(channel: Channel<T>, pause: number = 0) {
  const items: T[] = [];
  for (let next; !(next = yield* channel.receive()).done;) {
    items.push(next.value);
    if (pause > 0) yield* sleep(pause);
  }
  return items;
}) as <T>(channel: Channel<T>, pause?: number) => import('treadle').Effect<T[]>;

const sender = coroutine('sender', function* <T>(channel: Channel<T>, items: Iterable<T>) {
  for (const item of items) yield* channel.send(item);
  channel.close();
});

test('items come out in the order in which they went in, and then the end', () => {
  virtually(function* () {
    for (const capacity of [0, 1, 2, Infinity]) {
      const channel = new Channel<number>(capacity);
      yield* spawn(sender(channel, [1, 2, 3, 4, 5]));
      assert.equal(yield* received(channel), [1, 2, 3, 4, 5]);
      assert.equal(yield* channel.receive(), { done: true, value: undefined });
      assert.equal(yield* channel.receive(), { done: true, value: undefined });
    }
  });
});

test('an item comes as an iterator has it', () => {
  virtually(function* () {
    const channel = new Channel<unknown>(1);
    yield* channel.send(undefined);
    assert.equal(yield* channel.receive(), { done: false, value: undefined });
  });
});

// ---- capacity

test('with capacity 0, the default, a sender waits until its item was received', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const channel = new Channel<string>();
    assert.is(channel.capacity, 0);
    yield* spawn(
      (function* () {
        for (const item of ['a', 'b']) {
          yield* channel.send(item);
          log.push(`${item} was sent at ${yield* now()}`);
        }
      })(),
    );
    yield* sleep(10);
    log.push((yield* channel.receive()).value);
    yield* sleep(10);
    assert.is(channel.size, 0);
    log.push((yield* channel.receive()).value);
  });
  assert.equal(log, ['a', 'a was sent at 10', 'b', 'b was sent at 20']);
});

test('and a receiver that comes first waits for a sender, who goes on when the receiver has the item', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const channel = new Channel<string>();
    for (const name of ['x', 'y'])
      yield* spawn(
        (function* () {
          log.push(`${name} got ${(yield* channel.receive()).value} at ${yield* now()}`);
        })(),
      );
    yield* sleep(10);
    yield* channel.send('a');
    log.push('a was sent');
    yield* channel.send('b');
    log.push('b was sent');
  });
  assert.equal(log, ['x got a at 10', 'a was sent', 'y got b at 10', 'b was sent']);
});

test('with a capacity, senders wait when so many items are in it', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const channel = new Channel<number>(2);
    const receiver = yield* spawn(received(channel, 10));
    yield* turns(2);
    for (let i = 0; i < 5; i++) {
      yield* channel.send(i);
      log.push(`${i} at ${yield* now()}`);
    }
    channel.close();
    assert.equal(yield* receiver, [0, 1, 2, 3, 4]);
  });
  assert.equal(log, ['0 at 0', '1 at 0', '2 at 0', '3 at 10', '4 at 20']);
});

test('both sides are served in the order in which they came', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const channel = new Channel<string>();
    for (const item of 'abc') yield* spawn(channel.send(item));
    yield* yieldNow();
    for (const name of 'xyz')
      yield* spawn(
        (function* () {
          log.push(name + (yield* channel.receive()).value);
        })(),
      );
    yield* sleep(1);
    for (const name of 'uvw')
      yield* spawn(
        (function* () {
          log.push(name + (yield* channel.receive()).value);
        })(),
      );
    yield* yieldNow();
    for (const item of 'def') yield* spawn(channel.send(item));
  });
  assert.equal(log, ['xa', 'yb', 'zc', 'ud', 've', 'wf']);
});

test('each item goes to one receiver', () => {
  virtually(function* () {
    const channel = new Channel<number>();
    const receivers = [yield* spawn(received(channel, 3)), yield* spawn(received(channel, 5))];
    yield* sender(
      channel,
      Array.from({ length: 20 }, (_, i) => i),
    );
    const items = [...(yield* receivers[0]!), ...(yield* receivers[1]!)];
    assert.equal(
      items.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i),
    );
  });
});

test('sendNowait sends when nobody has to wait for it', () => {
  virtually(function* () {
    const channel = new Channel<string>(1, { name: 'lines' });
    channel.sendNowait('a');
    const full = thrown(() => channel.sendNowait('b'));
    assert.instance(full, QueueFullError);
    assert.match(full.message, /lines is full: it holds 1/);
    assert.is((yield* channel.receive()).value, 'a');
    assert.instance(
      thrown(() => new Channel<string>().sendNowait('nobody waits for it')),
      QueueFullError,
    );
    const endless = new Channel<number>(Infinity);
    for (let i = 0; i < 1000; i++) endless.sendNowait(i);
    assert.is(endless.size, 1000);
  });
});

test('with capacity 0, sendNowait sends to a receiver that waits, unless a sender has waited longer', () => {
  virtually(function* () {
    const channel = new Channel<string>();
    const receivers = [yield* spawn(channel.receive()), yield* spawn(channel.receive())];
    yield* yieldNow();
    channel.sendNowait('a');
    assert.is((yield* receivers[0]!).value, 'a');
    receivers.push(yield* spawn(channel.receive()));
    yield* yieldNow();
    const senders = [yield* spawn(channel.send('b')), yield* spawn(channel.send('c'))];
    yield* yieldNow();
    assert.instance(
      thrown(() => channel.sendNowait('barging')),
      QueueFullError,
    );
    for (const sender of senders) yield* sender;
    assert.equal([(yield* receivers[1]!).value, (yield* receivers[2]!).value], ['b', 'c']);
  });
});

// ---- the end

test('closed, it gives what is in it and then the end; who sends is thrown a QueueClosedError with its name', () => {
  virtually(function* () {
    const channel = new Channel<number>(3, { name: 'lines' });
    yield* channel.send(1);
    yield* channel.send(2);
    channel.close();
    channel.close();
    assert.ok(channel.closed);
    for (const error of [yield* caught(channel.send(3)), thrown(() => channel.sendNowait(3))]) {
      assert.instance(error, QueueClosedError);
      assert.match(error.message, /lines is closed/);
    }
    assert.equal(yield* received(channel), [1, 2]);
  });
});

test('closing tells those who wait: senders that it is closed, receivers the end', () => {
  virtually(function* () {
    const [empty, full] = [new Channel<number>(), new Channel<number>()];
    const receivers = [yield* spawn(empty.receive()), yield* spawn(empty.receive())];
    const senders = [yield* spawn(caught(full.send(1))), yield* spawn(caught(full.send(2)))];
    yield* turns(3);
    empty.close();
    full.close();
    for (const receiver of receivers) assert.equal(yield* receiver, { done: true, value: undefined });
    for (const sender of senders) assert.instance(yield* sender, QueueClosedError);
    assert.equal(yield* full.receive(), { done: true, value: undefined });
  });
});

test('closed with an error, receivers get what is in it and are then thrown that, each and every time', () => {
  const error = new Error('connection lost');
  virtually(function* () {
    const channel = new Channel<number>(3);
    yield* channel.send(1);
    const waiting = yield* spawn(caught(new Channel().receive()));
    waiting.cancel();
    channel.close(error);
    channel.close();
    channel.close(new Error('too late'));
    assert.is((yield* channel.receive()).value, 1);
    assert.is(yield* caught(channel.receive()), error);
    assert.is(yield* caught(channel.receive()), error);
    const other = new Channel<number>();
    const receiver = yield* spawn(caught(other.receive()));
    yield* turns(2);
    other.close(error);
    assert.is(yield* receiver, error);
  });
});

test('closed with an item on its way, the other receivers are told when it was taken, and get it when it was not', () => {
  for (const cancelled of [false, true]) {
    const log: unknown[] = [];
    virtually(function* () {
      const channel = new Channel<string>(1);
      const receiver = function* (name: string) {
        const { done, value } = yield* channel.receive();
        log.push(`${name} ${done ? 'the end' : value}`);
      };
      const [a] = [yield* spawn(receiver('a')), yield* spawn(receiver('b')), yield* spawn(receiver('c'))];
      yield* yieldNow();
      yield* channel.send('item');
      channel.close();
      if (cancelled) a.cancel();
    });
    assert.equal(log, cancelled ? ['b item', 'c the end'] : ['a item', 'b the end', 'c the end']);
  }
});

// ---- map and forEach

test('forEach takes what comes until the end, map gives the results', () => {
  virtually(function* () {
    const [one, two] = [new Channel<number>(), new Channel<number>(5)];
    yield* spawn(sender(one, [1, 2, 3]));
    yield* spawn(sender(two, [1, 2, 3]));
    let sum = 0;
    yield* forEach(one, function* (n) {
      sum += n;
    });
    assert.is(sum, 6);
    assert.equal(
      yield* map(
        two,
        function* (n) {
          yield* sleep(10 - n);
          return n * n;
        },
        { concurrency: 2 },
      ),
      [1, 4, 9],
    );
  });
});

test('forEach fails with the error that the channel was closed with', () => {
  const error = new Error('connection lost');
  virtually(function* () {
    const channel = new Channel<number>(3);
    yield* channel.send(1);
    channel.close(error);
    const seen: number[] = [];
    assert.is(
      yield* caught(
        forEach(channel, function* (n) {
          seen.push(n);
        }),
      ),
      error,
    );
    assert.equal(seen, [1]);
  });
});

test('left early, by an error or a cancellation, the channel is closed: its senders know', () => {
  const error = new Error('no');
  for (const how of ['error', 'cancellation']) {
    virtually(function* () {
      const channel = new Channel<number>();
      const sending = yield* spawn(caught(sender(channel, [1, 2, 3, 4])));
      const consumer = yield* spawn(
        caught(
          forEach(
            channel,
            function* (n): Coroutine<void> {
              if (n === 2 && how === 'error') throw error;
              yield* sleep(10);
            },
            { concurrency: 1 },
          ),
        ),
      );
      if (how === 'error') assert.is(yield* consumer, error);
      else {
        yield* sleep(15);
        yield* cancel(consumer);
      }
      assert.ok(channel.closed);
      assert.instance(yield* sending, QueueClosedError);
    });
  }
});

// ---- cancellation

test('a receiver that was woken and is cancelled leaves the item to the next one, also to one that comes later', () => {
  virtually(function* () {
    for (const capacity of [0, 1]) {
      const channel = new Channel<string>(capacity);
      const [a, b] = [yield* spawn(channel.receive()), yield* spawn(channel.receive())];
      yield* yieldNow();
      channel.sendNowait('first');
      a.cancel();
      assert.is((yield* b).value, 'first');
      const c = yield* spawn(channel.receive());
      yield* yieldNow();
      channel.sendNowait('second');
      c.cancel();
      assert.is((yield* channel.receive()).value, 'second');
    }
  });
});

test('a sender that is cancelled takes its item along, also when it had been woken', () => {
  virtually(function* () {
    const channel = new Channel<string>();
    const [a, b, c] = [
      yield* spawn(channel.send('a')),
      yield* spawn(channel.send('b')),
      yield* spawn(channel.send('c')),
    ];
    yield* yieldNow();
    yield* cancel(a);
    const receiver = yield* spawn(channel.receive());
    yield* yieldNow();
    b.cancel();
    assert.is((yield* receiver).value, 'c');
    yield* c;
    assert.instance(yield* caught(timeout(10, channel.send('d'))), TimeoutError);
    const next = yield* spawn(channel.receive());
    yield* yieldNow();
    yield* channel.send('e');
    assert.is((yield* next).value, 'e');
  });
});

test('with capacity 0, a receiver that is cancelled before its turn leaves the item with its sender, who waits on', () => {
  virtually(function* () {
    const channel = new Channel<string>(0, { name: 'lines' });
    const receiver = yield* spawn(channel.receive());
    yield* yieldNow();
    const sending = yield* spawn(channel.send('item'));
    yield* yieldNow();
    assert.is(receiver.state, 'ready');
    receiver.cancel();
    yield* turns(3);
    assert.is(String(sending), "<Task #3 lines.send waiting on lines.send('item')>");
    assert.is(channel.size, 0);
    assert.is((yield* channel.receive()).value, 'item');
    yield* sending;
  });
});

test('or the next receiver gets it', () => {
  virtually(function* () {
    const channel = new Channel<string>();
    const [a, b] = [yield* spawn(channel.receive()), yield* spawn(channel.receive())];
    yield* yieldNow();
    const sending = yield* spawn(channel.send('item'));
    yield* yieldNow();
    a.cancel();
    assert.not(sending.done);
    assert.is((yield* b).value, 'item');
    yield* sending;
  });
});

test('with capacity 0, a send is over when its item was received: a receiver that is cancelled then has it', () => {
  virtually(function* () {
    const channel = new Channel<string>();
    const log: unknown[] = [];
    const receiver = yield* spawn(
      (function* () {
        for (;;) log.push((yield* channel.receive()).value);
      })(),
    );
    yield* yieldNow();
    yield* channel.send('item');
    assert.equal(log, ['item']);
    yield* cancel(receiver);
    assert.is(channel.size, 0);
  });
});

test('with capacity 0, a receiver that was woken for a sender who is gone by then waits on, as the first of its line', () => {
  const log: string[] = [];
  virtually(function* () {
    const channel = new Channel<string>(0, { name: 'lines' });
    const receiver = coroutine('receiver', function* (name: string) {
      log.push(`${name} got ${(yield* channel.receive()).value}`);
    });
    const [a] = [yield* spawn(receiver('a')), yield* spawn(receiver('b'))];
    yield* yieldNow();
    const gone = yield* spawn(channel.send('gone'));
    yield* yieldNow();
    assert.is(a.state, 'ready');
    yield* cancel(gone);
    assert.is(String(a), '<Task #2 receiver waiting on lines.receive()>');
    yield* channel.send('first');
    yield* channel.send('second');
  });
  assert.equal(log, ['a got first', 'b got second']);
});

test('there it can be cancelled like any other, and those behind it are served', () => {
  const log: string[] = [];
  virtually(function* () {
    const channel = new Channel<string>();
    const receiver = coroutine('receiver', function* (name: string) {
      log.push(`${name} got ${(yield* channel.receive()).value}`);
    });
    const receivers = [];
    for (const name of ['a', 'b', 'c']) receivers.push(yield* spawn(receiver(name)));
    yield* yieldNow();
    const gone = yield* spawn(channel.send('gone'));
    yield* yieldNow();
    yield* cancel(gone);
    yield* cancel(receivers[1]!);
    yield* cancel(receivers[0]!);
    yield* channel.send('item');
  });
  assert.equal(log, ['c got item']);
});

test('with capacity 0, a time limit on send that expires means that it was not received: it may be sent again', () => {
  for (let ms = 1; ms < 6; ms++) {
    virtually(function* () {
      const channel = new Channel<string>();
      const items: unknown[] = [];
      const receiver = yield* spawn(
        (function* () {
          for (let i = 0; i < 2; i++) {
            yield* sleep(3);
            items.push((yield* channel.receive()).value);
          }
        })(),
      );
      for (const item of ['first', 'second'])
        for (let sent = false; !sent;) {
          try {
            yield* timeout(ms, channel.send(item));
            sent = true;
          } catch (error) {
            assert.instance(error, TimeoutError);
            yield* sleep(1);
          }
        }
      yield* receiver;
      assert.equal(items, ['first', 'second'], `limit ${ms}`);
    });
  }
});

test('with capacity 0, two tasks that send each other items leave the others their turns', () => {
  virtually(function* () {
    const [there, back] = [new Channel<number>(), new Channel<number>()];
    let rounds = 0;
    let turnsOfOthers = 0;
    const endlessly = (round: () => Coroutine<void>) =>
      spawn(
        (function* () {
          while (rounds < 1_000) yield* round();
        })(),
        { daemon: true },
      );
    yield* endlessly(function* () {
      yield* there.send(rounds);
      yield* back.receive();
    });
    yield* endlessly(function* () {
      yield* there.receive();
      yield* back.send(rounds++);
    });
    yield* endlessly(function* () {
      yield* yieldNow();
      turnsOfOthers++;
    });
    while (turnsOfOthers < 100) yield* yieldNow();
    assert.ok(rounds <= 100, `${rounds} rounds in ${turnsOfOthers} turns`);
  });
});

test('there is never more in it than its capacity', () => {
  for (const capacity of [0, 1, 3]) {
    virtually(function* () {
      const channel = new Channel<number>(capacity);
      for (let s = 0; s < 4; s++)
        yield* spawn(
          (function* () {
            for (let i = 0; i < 10; i++) {
              yield* channel.send(i);
              assert.ok(channel.size <= capacity);
            }
          })(),
        );
      for (let i = 0; i < 40; i++) {
        yield* turns(i % 3);
        yield* channel.receive();
        assert.ok(channel.size <= capacity);
      }
    });
  }
});

for (const capacity of [0, 1, 3]) {
  test(`no item is lost or doubled, whoever is cancelled in whichever turn, with capacity ${capacity}`, () => {
    const wrong: string[] = [];
    for (let victim = 0; victim < 4; victim++) {
      for (let turn = 0; turn < 30; turn++) {
        virtually(function* () {
          const channel = new Channel<string>(capacity);
          const [sent, taken]: string[][] = [[], []];
          const tasks: Task[] = [];
          for (const s of ['a', 'b'])
            tasks.push(
              (yield* spawn(
                (function* () {
                  for (let i = 0; i < 4; i++) {
                    yield* channel.send(s + i);
                    sent!.push(s + i);
                    yield* turns(i % 2);
                  }
                })(),
              )) as Task,
            );
          for (let r = 0; r < 2; r++)
            tasks.push(
              (yield* spawn(
                (function* () {
                  for (let next; !(next = yield* channel.receive()).done; yield* turns(r)) taken!.push(next.value);
                })(),
                { daemon: true },
              )) as Task,
            );
          yield* turns(turn);
          tasks[victim]!.cancel();
          yield* sleep(1);
          channel.close();
          yield* sleep(1);
          for (let next; !(next = yield* channel.receive()).done;) taken!.push(next.value);
          if (String([...sent!].sort()) !== String([...taken!].sort()))
            wrong.push(`task ${victim} cancelled in turn ${turn}: sent ${sent}, taken ${taken}`);
        });
      }
    }
    assert.equal(wrong, []);
  });
}

// ---- the rest

test('a receiver without a sender is a deadlock that names the channel', () => {
  const error = thrown(() =>
    virtually(function* () {
      const channel = new Channel<string>(0, { name: 'lines' });
      yield* all([channel.receive(), new Channel<string>(0, { name: 'words' }).send('a')]);
    }),
  );
  assert.is(error.name, 'DeadlockError');
  assert.match(error.message, /lines\.receive\(\)/);
  assert.match(error.message, /words\.send\('a'\)/);
});

test('without room: a receiver that cancels the sender in the step of the receipt has the item, and the sender is closed at its send', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const channel = new Channel<string>();
    const task = yield* spawn(
      (function* () {
        try {
          yield* channel.send('item');
          log.push('BEHIND');
        } finally {
          yield* sleep(5);
          log.push('the sender is clean');
        }
      })(),
    );
    yield* yieldNow(); // it waits
    const { value } = yield* channel.receive();
    task.cancel();
    log.push(value);
    yield* sleep(10);
    log.push(task.state);
    // The item is gone, and nobody receives it for a second time.
    channel.close();
    log.push((yield* channel.receive()).done);
  });
  assert.equal(log, ['item', 'the sender is clean', 'cancelled', true]);
});

test('without room: nobody but the receiver has a turn in which it could cancel a send that has happened', () => {
  let behind = false;
  virtually(function* () {
    const channel = new Channel<string>();
    let received = false;
    const task = yield* spawn(
      (function* () {
        yield* channel.send('item');
        behind = true;
      })(),
    );
    yield* spawn(
      (function* () {
        yield* channel.receive();
        received = true;
      })(),
    );
    yield* spawn(
      (function* () {
        while (!received) yield* yieldNow();
        task.cancel();
      })(),
    );
  });
  assert.ok(behind);
});

for (const wrong of [-1, 1.5, NaN, '2', null]) {
  test(`new Channel(${typeof wrong === 'string' ? `'${wrong}'` : String(wrong)}) is an error that says what is wanted`, () =>
    refuses(() => new Channel(wrong as never), /Channel/, /capacity of 0 or more/));
}

test('its effects show its name', () => {
  const channel = new Channel<unknown>(1, { name: 'lines' });
  assert.equal([channel.receive(), channel.send([1])].map(String), ['lines.receive()', 'lines.send([1])']);
  assert.is(new Channel().name, 'channel');
});

test.run();
