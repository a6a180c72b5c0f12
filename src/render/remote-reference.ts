/**
 * True for what kustomize or helm might read as an address on a network: wider than either, since a
 * file's name with a colon or an at sign in its first part is rarer than a new way to write a URL.
 */
export function isRemoteReference(text: string): boolean {
  const first = text.split('/', 1)[0] ?? ''
  return (
    text.includes('://') ||
    /[:@?]/.test(first) ||
    /[?&](?:ref|version|submodules|timeout)=/.test(text) ||
    /^(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)$/i.test(first) ||
    /\.git(?:\/\/|$)|_git\//.test(text)
  )
}
