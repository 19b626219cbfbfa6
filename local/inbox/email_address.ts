/** Tells whether text is `ada@example.com` or `Ada <ada@example.com>`. */
export function isEmailAddress(text: string): boolean {
  const bare = /^[^<>]*<([^<>]+)>$/.exec(text.trim())?.[1] ?? text.trim();
  return /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;.]+$/.test(bare);
}
