// The cancellation of a call in a worker. Most calls are never cancelled and never ask for their signal, and to make an
// AbortController for each was 5 % of a worker's time. So it is made when it is first needed. Relies on nothing.

export class CallSignal {
  /** What ends the coroutine that was called, if one was. */
  onAbort: (() => void) | undefined = undefined;
  private controller: AbortController | undefined = undefined;

  /** As code of the user's sees it. */
  get signal(): AbortSignal {
    return (this.controller ??= new AbortController()).signal;
  }

  get aborted(): boolean {
    return this.controller !== undefined && this.controller.signal.aborted;
  }

  get reason(): unknown {
    return this.controller?.signal.reason;
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.controller ??= new AbortController();
    this.controller.abort(reason);
    this.onAbort?.();
  }

  throwIfAborted(): void {
    this.controller?.signal.throwIfAborted();
  }
}
