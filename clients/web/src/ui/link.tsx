import NextLink from 'next/link'
import type { ComponentProps } from 'react'

/** A link that asks the server only when it is followed: a page may show a hundred of them. */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />
}
