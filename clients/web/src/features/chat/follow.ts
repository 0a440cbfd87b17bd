'use client'

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'

const NEAR_PX = 48
/** What stays visible above an answer that begins at the top. */
const ABOVE_PX = 8

/**
 * Where the view goes by itself as text comes in: to the start of the newest answer once that
 * fills it (`start`), with the end (`end`), or nowhere, because one reads elsewhere (`still`).
 */
type Way = 'start' | 'end' | 'still'

export interface Follow {
  view: RefObject<HTMLDivElement | null>
  content: RefObject<HTMLDivElement | null>
  atEnd: boolean
  toEnd: () => void
  /** One has asked: show the question, and then the answer from its start. */
  toNewest: () => void
  /** At the very top a browser does not hold the view still while content comes in above it. */
  leaveTop: () => void
}

function endOf(frame: HTMLElement): number {
  return frame.scrollHeight - frame.clientHeight
}

/** The newest message, where it is an answer. */
function newestAnswer(frame: HTMLElement): Element | null {
  return frame.querySelector('[role="log"] > :last-child[data-role="assistant"]')
}

/** How far down the view stands when it shows a message from its start. */
function startOf(frame: HTMLElement, message: Element): number {
  const { top } = message.getBoundingClientRect()
  return frame.scrollTop + top - frame.getBoundingClientRect().top - ABOVE_PX
}

/** The view's way, without the page's parts around it. */
class Follower {
  private way: Way = 'start'
  /** The answer that fills the view: newer ones do not pull one away from it. */
  private held: Element | null = null
  private lastTop: number

  constructor(
    private readonly frame: HTMLElement,
    private readonly tell: (atEnd: boolean) => void,
  ) {
    this.lastTop = frame.scrollTop
    this.take('start')
  }

  take(way: Way): void {
    this.held = null
    this.be(way)
    this.go()
  }

  /** Where nobody reads elsewhere, the browser's own holding still would look like scrolling. */
  private be(way: Way): void {
    this.way = way
    this.frame.style.overflowAnchor = way === 'still' ? '' : 'none'
  }

  /** Text came in, or the window changed. */
  go(): void {
    const { frame } = this
    if (this.way === 'end') frame.scrollTop = endOf(frame)
    if (this.way === 'start') frame.scrollTop = this.target()
    this.lastTop = frame.scrollTop
    this.report()
  }

  private target(): number {
    const { frame } = this
    const end = endOf(frame)
    if (this.held && !this.held.isConnected) this.held = null
    const answer = this.held ?? newestAnswer(frame)
    if (!answer) return end
    const start = startOf(frame, answer)
    if (start < end) this.held = answer
    return Math.min(start, end)
  }

  /** Somebody scrolled, or the page did. */
  scrolled(): void {
    const { frame } = this
    const moved = frame.scrollTop - this.lastTop
    this.lastTop = frame.scrollTop
    const left = endOf(frame) - frame.scrollTop
    // Growing text moves the end away without anyone scrolling; shrinking text, or a wider window,
    // takes the view along with the end.
    if (Math.abs(moved) >= 1 && !(moved < 0 && left < 1)) {
      if (left < NEAR_PX && moved > 0) this.be('end')
      else if (moved < 0 || this.way === 'start') this.be('still')
    }
    this.report()
  }

  private report(): void {
    this.tell(this.way === 'end' || endOf(this.frame) - this.frame.scrollTop < NEAR_PX)
  }
}

/** Show what comes from its start, stay at the end while one is there, never pull one away. */
export function useFollow(conversationId: string): Follow {
  const view = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const follower = useRef<Follower>(null)
  const [atEnd, setAtEnd] = useState(true)

  const toEnd = useCallback(() => follower.current?.take('end'), [])
  const toNewest = useCallback(() => follower.current?.take('start'), [])
  const leaveTop = useCallback(() => {
    if (view.current && view.current.scrollTop < 1) view.current.scrollTop = 1
  }, [])

  useLayoutEffect(() => {
    const frame = view.current
    const inner = content.current
    if (!frame || !inner) return
    const following = new Follower(frame, setAtEnd)
    follower.current = following
    const scrolled = () => following.scrolled()
    const grown = new ResizeObserver(() => following.go())
    frame.addEventListener('scroll', scrolled, { passive: true })
    grown.observe(inner)
    grown.observe(frame)
    return () => {
      follower.current = null
      frame.removeEventListener('scroll', scrolled)
      grown.disconnect()
    }
  }, [conversationId])

  return { view, content, atEnd, toEnd, toNewest, leaveTop }
}
