// A catch is expected to see a return().
export const guesses = [
  'yields a',
  'returns c',
  'yields undefined',
  'returns undefined',
  'yields caught b',
  'throws b',
  'yields caught undefined',
  'yields tidy',
  'returns b',
  'returns b',
  'yields a',
  'returns mine',
];
