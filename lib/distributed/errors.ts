// What can go wrong between machines, apart from the call itself. Relies on nothing.

/**
 * Why a call could not be carried:
 * - `no-server`: no server answers at the address, or the connection was lost for too long;
 * - `refused`: the server answers, and refuses this program (a password, a permission, a certificate, no memory left);
 * - `untrusted`: the certificate of the server is not trusted, or is made for another name;
 * - `nobody-serves`: no machine serves the name and version;
 * - `lost`: the server has no trace of the call any more;
 * - `unreadable`: what came back cannot be read.
 */
export type MachinesErrorCode = 'no-server' | 'refused' | 'untrusted' | 'nobody-serves' | 'lost' | 'unreadable';

/**
 * A call did not reach a machine, or its result did not come back. `code` says which of these it was, and the message
 * what to do about it.
 *
 * @example
 * try { yield* pool.map(new URL('./jobs.js', import.meta.url), 'page', urls); } catch (error) {
 *   if (error instanceof MachinesError && error.code === 'nobody-serves') console.log('start a host first');
 * }
 */
export class MachinesError extends Error {
  override get name(): string {
    return 'MachinesError';
  }
  /** Which of these it was: `'nobody-serves'`. */
  readonly code: MachinesErrorCode;

  constructor(code: MachinesErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
