/** The first `limit` UTF-16 units of a text, never half of a pair: no database takes one in JSON. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  const last = text.charCodeAt(limit - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? limit - 1 : limit).toWellFormed();
}
