// The inspector of another process: commands and their answers, and events, as effects. Relies on socket, the engine.

import { suspend } from '../effects/suspend.ts';
import type { Effect } from '../kernel/effect.ts';
import { Refusal } from './process-of.ts';
import { connect } from './socket.ts';
import type { TextSocket } from './socket.ts';

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
}

export class Remote {
  private readonly socket: TextSocket;
  private readonly waiting = new Map<number, { resume(answer: unknown): void; fail(error: Error): void }>();
  private readonly listeners = new Map<string, (params: never) => void>();
  private count = 0;
  private error: Error | undefined;

  constructor(socket: TextSocket) {
    this.socket = socket;
  }

  /** Connects to the inspector at this address. Throws when it cannot. */
  static open(address: string): Effect<Remote> {
    return suspend<Remote>((resume, fail) => {
      let remote: Remote | undefined;
      return connect(address, {
        opened: (socket) => resume((remote = new Remote(socket))),
        received: (text) => remote?.receive(JSON.parse(text) as Message),
        ended: () => {
          const error = new Refusal('the process has ended, or has closed its inspector');
          fail(error);
          remote?.fail(error);
        },
      });
    });
  }

  /** Is somebody there? */
  get isOpen(): boolean {
    return this.error === undefined;
  }

  /** Sends a command. The answer is awaited where the effect is yielded; it is sent then. */
  post<T>(method: string, params: object = {}): Effect<T> {
    return suspend<T>((resume, fail) => {
      if (this.error) throw this.error;
      const id = ++this.count;
      this.waiting.set(id, { resume: resume as (answer: unknown) => void, fail });
      this.socket.send(JSON.stringify({ id, method, params }));
      return () => void this.waiting.delete(id);
    });
  }

  /** Sends a command and does not care for the answer. */
  tell(method: string, params: object = {}): void {
    this.socket.send(JSON.stringify({ id: ++this.count, method, params }));
  }

  /** One listener for an event. */
  on<P>(event: string, listener: (params: P) => void): void {
    this.listeners.set(event, listener as (params: never) => void);
  }

  close(): void {
    this.socket.close();
  }

  private receive({ id, result, error, method, params }: Message): void {
    if (method !== undefined) this.listeners.get(method)?.(params as never);
    const one = id === undefined ? undefined : this.waiting.get(id);
    if (one === undefined) return;
    this.waiting.delete(id as number);
    // A process that calls process.exit() waits for its inspector, but runs nothing any more.
    if (error && /^Cannot find (default execution )?context/.test(error.message))
      one.fail(new Refusal('the process is just ending'));
    else if (error) one.fail(new Error(error.message));
    else one.resume(result);
  }

  private fail(error: Error): void {
    this.error = error;
    for (const one of this.waiting.values()) one.fail(error);
    this.waiting.clear();
  }
}
