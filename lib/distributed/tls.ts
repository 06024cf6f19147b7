// TLS to the server: what this program shows and trusts, and what is said of certificates that one side does not take.
// Relies on words, errors, Node.

import { createSecureContext } from 'node:tls';
import { mustBe } from '../words/messages.ts';
import { MachinesError } from './errors.ts';

/** The option `tls` of `machines` and `serve`. Certificates and keys are the contents of PEM files, not their paths. */
export interface TlsOptions {
  /**
   * The certificate of the authority that has signed the server's, or that of the server itself if it has signed its
   * own. No other authority is trusted then. By default those that Node.js trusts, and those in the file that
   * `NODE_EXTRA_CA_CERTS` names.
   */
  readonly ca?: string | Uint8Array | undefined;
  /** The certificate of this program, for a server that asks for one, as Redis does by default. */
  readonly cert?: string | Uint8Array | undefined;
  /** The key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** The name in the server's certificate, if it is not the one in the `url`. */
  readonly servername?: string | undefined;
}

/**
 * Checks the option `tls`: throws a `TypeError` for what is no certificate or key, and where the `url` says that there
 * is no TLS, because then all would go unencrypted. Keys are not shown.
 */
export function checkTls(where: string, tls: TlsOptions | undefined, url: string | undefined): TlsOptions | undefined {
  if (tls === undefined) return undefined;
  if (typeof tls !== 'object' || tls === null || Array.isArray(tls))
    throw new TypeError(mustBe(where, 'an object as tls, such as { ca }', tls));
  const { servername } = tls;
  if (servername !== undefined && typeof servername !== 'string')
    throw new TypeError(mustBe(where, 'a text as tls.servername', servername));
  for (const name of ['ca', 'cert', 'key'] as const)
    if (tls[name] !== undefined && !isPem(tls[name]))
      throw new TypeError(`${where} takes the contents of a PEM file, and not its path, as tls.${name}`);
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw new TypeError(`${where} takes tls.cert and tls.key together, and one of them is missing`);
  try {
    createSecureContext(tls as object);
  } catch (cause) {
    throw new TypeError(`${where} cannot use its tls: ${(cause as Error).message}`, { cause });
  }
  if (url !== undefined && !url.startsWith('rediss:'))
    throw new TypeError(`${where} takes tls only with a url that begins with rediss://`);
  return tls;
}

function isPem(value: unknown): boolean {
  if (value instanceof Uint8Array) value = Buffer.from(value).toString('latin1');
  return typeof value === 'string' && value.includes('-----BEGIN ');
}

/** Of the codes that Node.js gives, those that say why a certificate is not trusted. */
const DISTRUST = /CERT|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH/;
/** The server ends the handshake, and says why: it wants a certificate, or another one. */
const ALERT = /^ERR_SSL_.*_ALERT_/;

function whatToDo(code: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return 'renew it, or set the clock right';
  if (/ALTNAME|HOSTNAME/.test(code)) return 'give the name that it is made for in the url, or as tls: { servername }';
  return 'give the certificate of its authority as tls: { ca }, or in the file that NODE_EXTRA_CA_CERTS names';
}

/** An error of TLS that another try does not mend, as a `MachinesError`; `undefined` for every other error. */
export function tlsRefusal(error: Error, address: string): MachinesError | undefined {
  const { code = '', reason = error.message } = error as { code?: unknown; reason?: string };
  if (typeof code !== 'string') return undefined;
  if (ALERT.test(code)) {
    const what =
      `the Redis server at ${address} refuses TLS with this program (${reason}): ` +
      'give a certificate that it trusts, with its key, as tls: { cert, key }';
    return new MachinesError('refused', what, error);
  }
  if (!DISTRUST.test(code)) return undefined;
  const what = `the certificate of the Redis server at ${address} is not trusted (${reason}): ${whatToDo(code)}`;
  return new MachinesError('untrusted', what, error);
}
