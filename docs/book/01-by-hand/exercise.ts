// Exercise 1: what comes out? Copy this file, put your guesses in place of the question marks, and have them checked:
//
//   node demos book check 1 FILE

interface Question {
  readonly body: () => Generator<unknown, unknown, any>;
  /** The question is what the last of these calls gives. */
  readonly calls: (talk: Generator<unknown, unknown, any>) => IteratorResult<unknown>;
}

/** Each is 'yields x', 'returns x' or 'throws x', such as 'yields a' or 'returns undefined'. */
export const guesses: string[] = ['?', '?', '?', '?', '?', '?', '?', '?', '?', '?', '?', '?'];

export const questions: readonly Question[] = [
  // 1
  {
    *body() {
      const answer = yield 'a';
      return answer;
    },
    calls: (talk) => talk.next('b'),
  },
  // 2
  {
    *body() {
      const answer = yield 'a';
      return answer;
    },
    calls: (talk) => (talk.next('b'), talk.next('c')),
  },
  // 3
  {
    *body() {
      const answer = yield 'a';
      yield answer;
    },
    calls: (talk) => (talk.next('b'), talk.next()),
  },
  // 4
  {
    *body() {
      return 'a';
    },
    calls: (talk) => (talk.next(), talk.next()),
  },
  // 5
  {
    *body() {
      try {
        yield 'a';
      } catch (error) {
        yield `caught ${error}`;
      }
    },
    calls: (talk) => (talk.next(), talk.throw('b')),
  },
  // 6
  {
    *body() {
      try {
        yield 'a';
      } catch (error) {
        yield `caught ${error}`;
      }
    },
    calls: (talk) => talk.throw('b'),
  },
  // 7
  {
    *body() {
      try {
        yield 'a';
      } catch (error) {
        yield `caught ${error}`;
      }
    },
    calls: (talk) => (talk.next(), talk.return('b')),
  },
  // 8
  {
    *body() {
      try {
        yield 'a';
      } finally {
        yield 'tidy';
      }
    },
    calls: (talk) => (talk.next(), talk.return('b')),
  },
  // 9
  {
    *body() {
      try {
        yield 'a';
      } finally {
        yield 'tidy';
      }
    },
    calls: (talk) => (talk.next(), talk.return('b'), talk.next()),
  },
  // 10
  {
    *body() {
      try {
        yield 'a';
      } finally {
        yield 'tidy';
      }
    },
    calls: (talk) => talk.return('b'),
  },
  // 11
  {
    *body() {
      for (;;) {
        try {
          yield 'a';
        } finally {
          continue;
        }
      }
    },
    calls: (talk) => (talk.next(), talk.return('b')),
  },
  // 12
  {
    *body() {
      try {
        yield 'a';
      } finally {
        return 'mine';
      }
    },
    calls: (talk) => (talk.next(), talk.throw('b')),
  },
];
