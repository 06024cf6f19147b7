// docs/asyncio.md has a table of all that asyncio has: every public name of Python 3.11's must be in its first column,
// and what the second column says must exist. The names are those that `python3 golden.py --names` finds in CPython.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as treadle from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demos } from '../support/demo.ts';
import { deadLinks } from '../support/documents.ts';
import { read, root } from '../support/package.ts';

const { Barrier, Condition, Event, EventLoop, Lock, Queue, Semaphore, Task } = treadle;

/** By their class; '' is the module. Windows has some of its own, which are in the table, too. */
const classes: Record<string, string> = {
  '': `
    ALL_COMPLETED AbstractChildWatcher AbstractEventLoop AbstractEventLoopPolicy AbstractServer Barrier BaseEventLoop BaseProtocol BaseTransport
    BoundedSemaphore BrokenBarrierError BufferedProtocol CancelledError Condition DatagramProtocol DatagramTransport DefaultEventLoopPolicy Event
    FIRST_COMPLETED FIRST_EXCEPTION FastChildWatcher Future Handle IncompleteReadError InvalidStateError LifoQueue LimitOverrunError Lock
    MultiLoopChildWatcher PidfdChildWatcher PriorityQueue Protocol Queue QueueEmpty QueueFull ReadTransport Runner SafeChildWatcher SelectorEventLoop
    Semaphore SendfileNotAvailableError Server StreamReader StreamReaderProtocol StreamWriter SubprocessProtocol SubprocessTransport Task TaskGroup
    ThreadedChildWatcher Timeout TimeoutError TimerHandle Transport WriteTransport _enter_task _get_running_loop _leave_task _register_task
    _set_running_loop _unregister_task all_tasks as_completed create_subprocess_exec create_subprocess_shell create_task current_task ensure_future
    gather get_child_watcher get_event_loop get_event_loop_policy get_running_loop iscoroutine iscoroutinefunction isfuture new_event_loop
    open_connection open_unix_connection run run_coroutine_threadsafe set_child_watcher set_event_loop set_event_loop_policy shield sleep start_server
    start_unix_server timeout timeout_at to_thread wait wait_for wrap_future`,
  Barrier: 'abort broken n_waiting parties reset wait',
  BoundedSemaphore: 'acquire locked release',
  Condition: 'notify notify_all wait wait_for',
  Event: 'clear is_set set wait',
  Future:
    'add_done_callback cancel cancelled done exception get_loop remove_done_callback result set_exception set_result',
  Handle: 'cancel cancelled',
  Lock: 'acquire locked release',
  Process: 'communicate kill returncode send_signal terminate wait',
  Queue: 'empty full get get_nowait join maxsize put put_nowait qsize task_done',
  Runner: 'close get_loop run',
  Semaphore: 'acquire locked release',
  Server: 'close get_loop is_serving serve_forever sockets start_serving wait_closed',
  StreamReader: 'at_eof exception feed_data feed_eof read readexactly readline readuntil set_exception set_transport',
  StreamWriter:
    'can_write_eof close drain get_extra_info is_closing start_tls transport wait_closed write write_eof writelines',
  Task: `
    add_done_callback cancel cancelled cancelling done exception get_coro get_loop get_name get_stack print_stack remove_done_callback result
    set_exception set_name set_result uncancel`,
  TaskGroup: 'create_task',
  Timeout: 'expired reschedule when',
  TimerHandle: 'cancel cancelled when',
  loop: `
    add_reader add_signal_handler add_writer call_at call_exception_handler call_later call_soon call_soon_threadsafe close connect_accepted_socket
    connect_read_pipe connect_write_pipe create_connection create_datagram_endpoint create_future create_server create_task create_unix_connection
    create_unix_server default_exception_handler get_debug get_exception_handler get_task_factory getaddrinfo getnameinfo is_closed is_running
    remove_reader remove_signal_handler remove_writer run_forever run_in_executor run_until_complete sendfile set_debug set_default_executor
    set_exception_handler set_task_factory shutdown_asyncgens shutdown_default_executor sock_accept sock_connect sock_recv sock_recv_into
    sock_recvfrom sock_recvfrom_into sock_sendall sock_sendfile sock_sendto start_tls stop subprocess_exec subprocess_shell time`,
};
const names = Object.entries(classes).flatMap(([owner, members]) =>
  members
    .trim()
    .split(/\s+/)
    .map((name) => (owner ? `${owner}.${name}` : name)),
);
const windows = ['ProactorEventLoop', 'WindowsSelectorEventLoopPolicy', 'WindowsProactorEventLoopPolicy'];

const text = read('docs/asyncio.md');
const [before = '', api = ''] = text.split('\n## Deliberate differences')[0]!.split('\n## The whole API');
const rows = api
  .split('\n')
  .filter((line) => /^\|(?! asyncio|-)/.test(line))
  .map((line) => line.slice(1, -1).split(' | '));
const code = (column: string | undefined) =>
  [...(column ?? '').matchAll(/`([^`]+)`/g)].map(([, snippet = '']) => snippet);
const told = new Set(rows.flatMap(([first]) => code(first)));

const test = suite('the table of asyncio');

test('has every public name of asyncio', () => {
  assert.ok(names.length > 250);
  assert.equal(
    [...names, ...windows].filter((name) => !told.has(name)),
    [],
  );
});

test('says something of each: what it is here, or that it is left out', () => {
  assert.equal(
    rows.filter((row) => row.length > 1 && row.slice(1).join('').trim() === '').map(([first]) => first),
    [],
  );
});

test('names nothing of treadle that does not exist', () => {
  const loop = new EventLoop();
  const workers = ['runIn', 'threads', 'processes']; // of treadle/workers
  const things: Record<string, object> = {
    loop,
    task: Task.prototype,
    future: loop.createFuture(),
    lock: new Lock(),
    event: new Event(),
    condition: new Condition(),
    semaphore: new Semaphore(),
    barrier: new Barrier(1),
    queue: new Queue(),
    context: treadle.createContext(0),
  };
  const exists = (snippet: string): boolean => {
    const [, name = '', member] = /^(?:yield\* |new )?([A-Za-z]+)(?:\.([A-Za-z]+))?/.exec(snippet) ?? [];
    const thing = things[name];
    if (member !== undefined) return thing === undefined || member in thing; // Node's own things are not looked at
    return !/^[A-Za-z]+\(/.test(snippet) || name in treadle || name in globalThis || workers.includes(name);
  };
  assert.equal(
    rows.flatMap(([, second]) => code(second)).filter((snippet) => !exists(snippet)),
    [],
  );
  assert.not(exists('gather([...])'));
  assert.not(exists('loop.isRunning()'));
  assert.not(exists('yield* lock.steal()'));
  loop.close();
});

test('every demo is linked', () => {
  assert.ok(demos.length > 5);
  assert.equal(
    demos.map(({ path }) => path).filter((path) => !before.includes(`](../${path})`)),
    [],
  );
});

test('no link leads nowhere', () => {
  assert.equal(deadLinks('docs/asyncio.md'), []);
});

test('where CPython 3.11 is at hand, it has no other names', () => {
  const { stdout, status } = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:2], sys.platform)'], {
    encoding: 'utf8',
  });
  if (status !== 0 || stdout.trim() !== '3 11 linux') return; // then there is nothing to compare with
  const found = spawnSync('python3', [join(root, 'spec/asyncio/golden.py'), '--names'], {
    encoding: 'utf8',
    timeout: 200_000,
  });
  assert.equal(found.stdout.trim().split('\n').sort(), [...names].sort());
});

test.run();
