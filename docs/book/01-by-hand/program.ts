// A conversation with a generator, held by hand.

function* breakfast(): Generator<string, string, string> {
  try {
    const drink = yield 'Tea or coffee?';
    try {
      yield `Milk with your ${drink}?`;
    } catch (error) {
      console.log(`    (the waiter hears: ${(error as Error).message})`);
    }
    yield 'Anything else?';
    return 'Enjoy your breakfast!';
  } finally {
    console.log('    (the waiter clears the table)');
  }
}

function show(call: string, { value, done }: IteratorResult<string, string>): void {
  console.log(`${call.padEnd(30)} ${done ? 'ends with' : 'yields'} '${value}'`);
}

const talk = breakfast();
show(`next()`, talk.next());
show(`next('coffee')`, talk.next('coffee'));
show(`throw(new Error('no milk'))`, talk.throw(new Error('no milk')));
show(`return('I must go')`, talk.return('I must go'));
