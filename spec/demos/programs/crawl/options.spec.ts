import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput, readOptions } from '../../../../demos/programs/crawl/options.ts';

function complaint(...argv: string[]): string {
  try {
    readOptions(argv);
  } catch (error) {
    assert.instance(error, BadInput);
    assert.not.match((error as Error).message, /\n/);
    return (error as Error).message;
  }
  throw new Error(`${argv.join(' ')} was taken`);
}

test('a URL and numbers are read; nothing said means the usual', () => {
  const options = readOptions(['http://LOCALHOST:80/a#b', '--concurrency', '3', '--delay=12.5']);
  assert.equal(options.starts.map(String), ['http://localhost/a']);
  assert.is(options.concurrency, 3);
  assert.is(options.delay, 12.5);
  assert.is(options.retries, 2);
  assert.is(readOptions([]).concurrency, 10);
});

test('a number that makes no sense is named', () => {
  for (const value of ['-1', '0', '1.5', 'NaN', 'ten', '', '1e99', 'Infinity', '0x10']) {
    assert.match(complaint('--concurrency', value), `--concurrency must be a whole number, at least 1, not "${value}"`);
  }
  assert.match(complaint('--delay', '-5'), '--delay must be a number of milliseconds, at least 0');
  assert.match(complaint('--timeout', '0'), '--timeout');
  assert.match(complaint('--retries=-1'), '--retries');
  assert.match(complaint('--port', '70000'), '--port');
  assert.is(readOptions(['--delay', '0', '--retries', '0']).delay, 0);
});

test('an unknown option is named', () => {
  assert.is(complaint('--concurency', '3'), "Unknown option '--concurency'");
  assert.match(complaint('-x'), "Unknown option '-x'");
  assert.match(complaint('--json'), /json/);
});

test('what is not a URL is named, with a hint where one is at hand', () => {
  assert.is(complaint('nonsense'), '"nonsense" is not a URL');
  assert.is(complaint(''), '"" is not a URL');
  assert.is(complaint('http://'), '"http://" is not a URL');
  assert.is(complaint('example.com/a'), '"example.com/a" is not a URL (did you mean http://example.com/a?)');
  assert.is(complaint('localhost:5000'), '"localhost:5000" is not a URL (did you mean http://localhost:5000?)');
  assert.match(complaint('ftp://example.com/'), /only http: and https: addresses can/);
  assert.match(complaint('file:///etc/passwd'), /only http: and https: addresses can/);
  assert.match(complaint('http://me:secret@example.com/'), /password/);
  assert.not.match(complaint('http://me:secret@example.com/'), /secret/);
});

test('a file that cannot be written is told before the crawl', () => {
  assert.match(complaint('--json', '/no/such/directory/x.json'), 'its directory does not exist');
  assert.match(complaint('--json', '/'), 'it is a directory');
  assert.match(complaint('--json', join(fileURLToPath(import.meta.url), 'x')), /is a file/);
  assert.is(readOptions(['--json', '-']).json, '-');
});

test.run();
