// The pulse of a server: whether it still answers. A connection can be dead without a word: the cable is pulled, the
// server stands still, a router has forgotten it. So the server is asked from time to time, and when it owes an answer
// for too long, the connection is made anew. Silence is counted in ticks, and not by the clock: when this program
// itself has stood still, answers have arrived that it has not read. Relies on engine.

import type { Redis } from './engine.ts';

export class Pulse {
  private readonly redis: Redis;
  /** After this many ticks without an answer the connection is made anew. */
  private readonly most: number;
  private asking = false;
  private ticks = 0;
  /** Since when the server has been silent, on the monotonic clock. */
  silentSince: number | undefined = undefined;

  constructor(redis: Redis, most: number) {
    this.redis = redis;
    this.most = most;
    redis.on('ready', () => this.heard());
    redis.on('close', () => this.missed());
  }

  /** To be called at regular intervals. */
  tick(): void {
    if (this.asking) {
      this.missed();
      // The socket stands, and nothing comes: what was not answered is sent again on the next one.
      if (++this.ticks % this.most === 0) this.redis.stream?.destroy();
      return;
    }
    this.asking = true;
    const answered = (): void => {
      this.asking = false;
      if (this.redis.status === 'ready') this.heard();
    };
    this.redis.call('PING').then(answered, answered); // a refusal is an answer, too
  }

  private missed(): void {
    this.silentSince ??= performance.now();
  }

  private heard(): void {
    this.ticks = 0;
    this.silentSince = undefined;
  }
}
