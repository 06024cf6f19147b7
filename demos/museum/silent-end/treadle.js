// A queue that nobody fills.
import { main, Queue } from 'treadle';

const answers = new Queue(1, { name: 'answers' });

function* program() {
  console.log('waiting for the answer');
  console.log(yield* answers.get());
}

main(program());
