// A catch is expected to see what is thrown before it was entered.
export const guesses = [
  'yields a',
  'returns c',
  'yields undefined',
  'returns undefined',
  'yields caught b',
  'yields caught b',
  'returns b',
  'yields tidy',
  'returns b',
  'returns b',
  'yields a',
  'returns mine',
];
