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

let leaving = false
let overMeanwhile = false

/** End the session by `end`; then nothing of the page stays in memory: the browser loads the door anew. */
export async function leave(end: () => Promise<unknown>): Promise<void> {
  // What hears meanwhile that the session is over must not lead to the way back here.
  leaving = true
  overMeanwhile = false
  try {
    await end()
  } catch (error) {
    leaving = false
    if (overMeanwhile) goToSignIn()
    throw error
  }
  localStorage.removeItem(PERSON)
  // Nor does the browser's way back show the page as it was.
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- on purpose
  location.assign(DOORS[0])
}

/** The session is over: sign in again, then come back here. */
export function goToSignIn(): void {
  overMeanwhile = leaving
  if (leaving || DOORS.some((door) => location.pathname.startsWith(door))) return
  location.assign(signInAddress())
}
