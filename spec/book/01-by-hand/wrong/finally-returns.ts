// An error is expected to win over a return in a finally.
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
  'returns b',
  'yields a',
  'throws b',
];
