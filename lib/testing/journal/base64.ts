// Bytes as text, in base64. The language has `Uint8Array.fromBase64` only in its newest engines. Relies on nothing.

/** How many bytes become arguments of one call: more could overflow the host's stack. */
const PIECE = 8_192;

export function bytesToText(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}

export function textToBytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
