// The first next() is taken for the answer to the first yield.
export const guesses = [
  'yields a',
  'returns c',
  'yields b',
  'returns undefined',
  'yields caught b',
  'throws b',
  'returns b',
  'yields tidy',
  'returns b',
  'returns b',
  'yields a',
  'returns mine',
];
