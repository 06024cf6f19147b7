// A source of chance that chooses: the same seed gives the same choices on every machine.
import { seeded } from '../support/random.ts';

export class Random {
  private readonly below: (limit: number) => number;

  constructor(seed: number) {
    // Neighbouring seeds must not give similar programs, so the seed is stirred first.
    this.below = seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b));
  }

  /** From 0 to 1, without 1. */
  next(): number {
    return this.below(2 ** 32) / 2 ** 32;
  }

  /** A whole number; both ends are included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Partial<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) if ((left -= weight) < 0) return key;
    return entries[entries.length - 1]![0];
  }
}
