// A finally is expected to run in a generator that has not begun.
export const guesses = [
  'yields a',
  'returns c',
  'yields undefined',
  'returns undefined',
  'yields caught b',
  'throws b',
  'returns b',
  'yields tidy',
  'returns b',
  'yields tidy',
  'yields a',
  'returns mine',
];
