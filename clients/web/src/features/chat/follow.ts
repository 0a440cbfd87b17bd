'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const NEAR_PX = 48

export interface Follow {
  view: RefObject<HTMLDivElement | null>
  content: RefObject<HTMLDivElement | null>
  atEnd: boolean
  toEnd: () => void
  /** At the very top a browser does not hold the view still while content comes in above it. */
  leaveTop: () => void
}

/** Stay at the end while one is there, and never pull one back from elsewhere. */
export function useFollow(conversationId: string): Follow {
  const view = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  const [atEnd, setAtEnd] = useState(true)

  const toEnd = useCallback(() => {
    following.current = true
    setAtEnd(true)
    view.current?.scrollTo({ top: view.current.scrollHeight })
  }, [])

  const leaveTop = useCallback(() => {
    if (view.current && view.current.scrollTop < 1) view.current.scrollTop = 1
  }, [])

  useLayoutEffect(() => {
    view.current?.scrollTo({ top: view.current.scrollHeight })
  }, [conversationId])

  useEffect(() => {
    const frame = view.current
    const inner = content.current
    if (!frame || !inner) return
    let lastTop = frame.scrollTop
    const scrolled = () => {
      const near = frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX
      // Growing text moves the end away without anyone scrolling: only going up lets go.
      if (near) following.current = true
      else if (frame.scrollTop < lastTop) following.current = false
      lastTop = frame.scrollTop
      setAtEnd(following.current)
    }
    const grown = new ResizeObserver(() => {
      if (following.current) frame.scrollTop = frame.scrollHeight
    })
    frame.addEventListener('scroll', scrolled, { passive: true })
    grown.observe(inner)
    grown.observe(frame)
    return () => {
      frame.removeEventListener('scroll', scrolled)
      grown.disconnect()
    }
  }, [conversationId])

  return { view, content, atEnd, toEnd, leaveTop }
}
