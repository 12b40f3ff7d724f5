/** A script for a page, and its hash for the policy that lets exactly this script run. */
export async function pageScript(script: string): Promise<{ markup: string; hash: string }> {
  // It may not end its element early.
  const code = `\n${script.replaceAll('</script', '<\\/script')}\n`;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return { markup: `<script>${code}</script>`, hash: `'sha256-${hash}'` };
}
