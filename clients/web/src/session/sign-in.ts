/** Under this name the device keeps who is signed in, for the other tabs. */
export const PERSON = 'samoey.person'

/** Only paths of this installation: a link must not lead elsewhere after signing in. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/'
}

const DOORS = ['/sign-in/', '/setup/', '/join/', '/reset/'] as const

/** Where to sign in, keeping where one was. */
export function signInAddress(): string {
  const here = location.pathname + location.search + location.hash
  return here === '/' ? '/sign-in/' : `/sign-in/?next=${encodeURIComponent(here)}`
}

/** After signing out nothing of the page stays in memory: the browser loads the door anew. */
export function leave(): void {
  localStorage.removeItem(PERSON)
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- on purpose
  location.assign(DOORS[0])
}

/** The session is over: sign in again, then come back here. */
export function goToSignIn(): void {
  if (!DOORS.some((door) => location.pathname.startsWith(door))) location.assign(signInAddress())
}
