/** The command that opens a stream of this server from where the browser is. */

/** What no shell reads as anything else. */
const PLAIN_URL = /^[\w:/.,%+~-]+$/;

/** @param pageUrl where the page is; a path in front of it, as behind a proxy, is kept */
export function curlLine(pageUrl: string, streamPath: string): string {
  const { href } = new URL(`.${streamPath}`, pageUrl);
  return `curl -N ${PLAIN_URL.test(href) ? href : `'${href.replaceAll("'", '%27')}'`}`;
}
