// Servers of a spec, on this machine only.
import type { AddressInfo, Server } from 'node:net';

/** Lets the server listen at a port that is free, and gives the port. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
