// Where the script begins. In a page it is the page. In the worker that the page makes of the same script, it is the
// machine that runs the reader's code.
import { run } from 'treadle';
import { serve } from '../run/worker.ts';
import { playground } from './app.ts';
import { wire } from './wire.ts';

if (typeof document === 'undefined') {
  serve(self as never);
} else {
  wire();
  run(playground(), { name: 'playground' });
}
