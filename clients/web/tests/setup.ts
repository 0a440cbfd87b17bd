import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

// Some tests have no page.
if ('document' in globalThis) {
  // Nothing is laid out here, so there is nowhere to scroll.
  Element.prototype.scrollIntoView = () => undefined

  afterEach(() => {
    cleanup()
    localStorage.clear()
  })
}
