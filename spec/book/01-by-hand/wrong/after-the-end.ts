// The result is expected again after the end.
export const guesses = [
  'yields a',
  'returns c',
  'yields undefined',
  'returns a',
  'yields caught b',
  'throws b',
  'returns b',
  'yields tidy',
  'returns b',
  'returns b',
  'yields a',
  'returns mine',
];
