/** Only paths of this installation: a link must not lead elsewhere after signing in. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/'
}

const DOORS = ['/sign-in/', '/setup/', '/join/', '/reset/']

/** Where to sign in, keeping where one was. */
export function signInAddress(): string {
  const here = location.pathname + location.search + location.hash
  return here === '/' ? '/sign-in/' : `/sign-in/?next=${encodeURIComponent(here)}`
}

/** The session is over: sign in again, then come back here. */
export function goToSignIn(): void {
  if (!DOORS.some((door) => location.pathname.startsWith(door))) location.assign(signInAddress())
}
